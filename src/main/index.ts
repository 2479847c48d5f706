// The shell: one window over one lab process. It decides what may be done, and does no work of its own.
import { app, dialog, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { toErrorReply } from '../shared/errors.ts';
import type { Emit, EventName, Events } from '../shared/events.ts';
import { Attention } from './attention.ts';
import { engineEnvironment } from './engine-handlers.ts';
import { serveCalls } from './ipc.ts';
import { LabHost } from './lab-host.ts';
import { installMenu } from './menu.ts';
import { about } from './about.ts';
import { registerScheme, serveRenderer } from './protocol.ts';
import { Recents } from './recents.ts';
import { lockSession, lockWebContents } from './security.ts';
import { openProject, shellHandlers } from './shell-handlers.ts';
import { openWindow } from './window.ts';

const out = resolve(import.meta.dirname, '..');
const windowFiles = {
  preload: join(out, 'preload/index.cjs'),
  icon: resolve(out, '../resources/icon.png'),
};
/** How long quitting waits for the lab to save what it works on and close its project. */
const patienceMs = 60_000;

/** The project that a command line names, by its folder or its file: `gardenpath ~/projects/islands`. */
function projectArgument(argv: readonly string[], folder: string): string | null {
  const paths = argv.slice(1).filter((arg) => !arg.startsWith('-')).map((arg) => resolve(folder, arg)); // prettier-ignore
  const folders = paths.map((path) => (basename(path) === 'project.sqlite' ? dirname(path) : path));
  return folders.findLast((path) => existsSync(join(path, 'project.sqlite'))) ?? null;
}

/** An address of ours on a command line. It goes to the window as text, which alone reads it. */
const addressArgument = (argv: readonly string[]): string | null =>
  argv.slice(1).findLast((arg) => isAddress(arg)) ?? null;
const isAddress = (text: string): boolean => /^gardenpath:\/\/[\x21-\x7e]{1,4000}$/i.test(text);

class Shell {
  readonly #userData = app.getPath('userData');
  readonly #recents = new Recents(this.#userData);
  readonly #attention = new Attention(
    () => this.show(),
    () => this.#window?.isFocused() ?? false,
  );
  readonly #lab: LabHost;
  #window: BrowserWindow | null = null;
  #address: string | null = null;

  constructor() {
    const emit: Emit = (event, payload) => this.#emit(event, payload);
    this.#lab = new LabHost({
      entry: join(out, 'main/lab/process.js'),
      args: [this.#userData],
      env: engineEnvironment(this.#userData),
      emit,
    });
    const parts = {
      emit,
      lab: this.#lab,
      recents: this.#recents,
      userData: this.#userData,
      window: () => this.show(),
      takeAddress: () => {
        const address = this.#address;
        this.#address = null;
        return address;
      },
    };
    serveCalls(shellHandlers(parts), this.#lab, () => this.#window?.webContents ?? null);
    installMenu((command) => this.#emit('menu.command', { command }));
  }

  /** Brings the window to the front, opening it where there is none. */
  show(): BrowserWindow {
    if (this.#window === null) {
      this.#window = openWindow(this.#userData, windowFiles);
      this.#window.once('closed', () => (this.#window = null));
    } else {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
    }
    return this.#window;
  }

  /** Opens a project that the command line named. */
  async open(path: string): Promise<void> {
    try {
      await openProject({ lab: this.#lab, recents: this.#recents }, 'project.open', path);
    } catch (error) {
      const { message, detail } = toErrorReply(error);
      await dialog.showMessageBox(this.show(), { type: 'error', message, detail: detail ?? '' });
    }
  }

  /** Keeps an address for the window to take. */
  hand(address: string): void {
    this.#address = address;
    this.#emit('address.came', {});
  }

  /** Ends the lab in good order. */
  stop(): Promise<void> {
    return this.#lab.stop(patienceMs);
  }

  #emit<E extends EventName>(event: E, payload: Events[E]): void {
    this.#attention.follow(event, payload);
    this.#window?.webContents.send('event', event, payload);
  }
}

function run(): void {
  registerScheme();
  lockWebContents();

  let shell: Shell | null = null;
  void app.whenReady().then(() => {
    lockSession();
    serveRenderer(join(out, 'renderer'));
    app.setAboutPanelOptions(about(windowFiles.icon));
    shell = new Shell();
    const project = projectArgument(process.argv, process.cwd());
    if (project !== null) void shell.open(project); // before the window asks what is open
    const address = addressArgument(process.argv);
    if (address !== null) shell.hand(address);
    shell.show();
  });

  // Only an installed app takes the system's addresses; one started from its source takes arguments.
  if (app.isPackaged) app.setAsDefaultProtocolClient('gardenpath');
  app.on('open-url', (event, url) => {
    event.preventDefault();
    if (!isAddress(url)) return;
    void app.whenReady().then(() => {
      shell?.hand(url);
      shell?.show();
    });
  });

  // macOS hands over a project's file so, not on the command line.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    const project = projectArgument(['', path], '/');
    if (project !== null) void app.whenReady().then(() => shell?.open(project));
  });

  app.on('second-instance', (_event, _argv, _folder, data) => {
    const { project, address } = data as { project: string | null; address: string | null };
    shell?.show();
    if (address !== null) shell?.hand(address);
    if (project !== null) void shell?.open(project);
  });

  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (shell === null) return;
    event.preventDefault();
    const ending = shell;
    shell = null;
    void ending.stop().finally(() => app.exit()); // a quit() from within this event is not heard
  });
}

const first = app.requestSingleInstanceLock({
  project: projectArgument(process.argv, process.cwd()),
  address: addressArgument(process.argv),
});
if (first) run();
else app.quit();
