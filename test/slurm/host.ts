// Another machine for ssh: this one, behind an sshd of a test's own on loopback, with keys of its own. The machine's
// own ssh is not touched: `ssh` is, for as long as the test runs, one that reads the test's configuration.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from '../../scripts/setup/say.mjs';
import { needPackages, which } from '../../scripts/setup/system.mjs';
import { quoted } from '../../src/main/lab/sweep/command.ts';
import { sleep } from '../fixtures/sweep.ts';

export interface Host {
  /** As the ssh configuration calls it. */
  name: string;
  /** Why ssh cannot be tried here; null: it answers. */
  why: string | null;
  /** Whether a connection finds it, from now on. */
  setReachable(is: boolean): void;
  end(): void;
}

const name = 'cluster';
/** Where sshd puts those aside who have not logged in; the system's own start script makes it. */
const privilegeFolder = '/run/sshd';
const withSystem = `${process.env['PATH']}${path.delimiter}/usr/sbin`;

/** @param env what commands find there in their environment */
export async function beginHost(port: number, env: Record<string, string>): Promise<Host> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-ssh-'));
  const before = process.env['PATH'] ?? '';
  const at = (file: string): string => path.join(folder, file);
  const made = fs.existsSync(privilegeFolder) ? undefined : privilegeFolder;
  let daemon: ChildProcess | undefined;
  const setReachable = (is: boolean): void =>
    fs.writeFileSync(at('config'), `Host ${name}
  HostName 127.0.0.1
  Port ${is ? port : port + 1}
  User ${os.userInfo().username}
  IdentityFile ${at('key')}
  IdentitiesOnly yes
  UserKnownHostsFile ${at('known')}
  GlobalKnownHostsFile none
`); // prettier-ignore
  const end = (): void => {
    daemon?.kill('SIGTERM');
    process.env['PATH'] = before;
    fs.rmSync(folder, { recursive: true, force: true });
    if (made !== undefined && fs.existsSync(made)) fs.rmdirSync(made);
  };
  const begin = async (): Promise<string | null> => {
    const lack = await lacking();
    if (lack !== null) return lack;
    for (const key of ['key', 'host']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]); // prettier-ignore
    fs.copyFileSync(at('key.pub'), at('authorized_keys'));
    fs.writeFileSync(at('known'), `[127.0.0.1]:${port} ${fs.readFileSync(at('host.pub'), 'utf8')}`);
    fs.writeFileSync(at('banner'), 'Welcome. Everything you do here is logged.\n');
    fs.writeFileSync(at('sshd_config'), `ListenAddress 127.0.0.1
Port ${port}
HostKey ${at('host')}
AuthorizedKeysFile ${at('authorized_keys')}
StrictModes no
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Banner ${at('banner')}
SetEnv ${Object.entries(env).map(([key, value]) => `"${key}=${value}"`).join(' ')}
`); // prettier-ignore
    fs.mkdirSync(at('bin'));
    fs.writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec ${quoted(which('ssh') ?? '')} -F ${quoted(at('config'))} "$@"\n`, { mode: 0o755 }); // prettier-ignore
    setReachable(true);
    if (made !== undefined) fs.mkdirSync(made, { mode: 0o755 });
    const log = fs.openSync(at('log'), 'a');
    daemon = spawn(which('sshd', withSystem) ?? 'sshd', ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', log, log] }); // prettier-ignore
    fs.closeSync(log);
    process.env['PATH'] = `${at('bin')}${path.delimiter}${before}`;
    let said = '';
    for (const endMs = Date.now() + 20_000; Date.now() < endMs; await sleep(100)) {
      const { status, stderr } = spawnSync('ssh', ['-o', 'BatchMode=yes', name, 'true'], { encoding: 'utf8', timeout: 10_000 }); // prettier-ignore
      if (status === 0) return null;
      said = stderr;
    }
    return `An sshd of one’s own does not let us in: ${said} ${fs.readFileSync(at('log'), 'utf8')}`;
  };
  const why = await begin();
  if (why !== null) end();
  return { name, why, setReachable, end };
}

/** What hinders; what is missing is installed, but for a server that would at once be open to the network. */
async function lacking(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'An sshd of one’s own that runs jobs of Slurm is started by root only.'; // prettier-ignore
  try {
    if (!which('ssh') || !which('rsync')) await needPackages('ssh and rsync', ['openssh-client', 'rsync']); // prettier-ignore
    if (which('sshd', withSystem)) return null;
    if (!fs.existsSync('/usr/sbin/policy-rc.d')) return 'There is no sshd, and installing it would open this machine to the network (there is no policy-rc.d that keeps services from starting). Install openssh-server yourself.'; // prettier-ignore
    await needPackages('sshd', ['openssh-server']);
    return null;
  } catch (error) {
    if (error instanceof SetupError) return `${error.message} ${error.remedy ?? ''}`;
    throw error;
  }
}
