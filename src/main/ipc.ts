// The window's one way in: the channel `call`, a name and parameters in, a Reply out. Only the main
// frame of our own page is heard. (Its one way out is the channel `event`, sent in index.ts.)
import { BrowserWindow, ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { labApi, shellApi, type Handlers } from '../shared/api.ts';
import { AppError, toErrorReply, type Reply } from '../shared/errors.ts';
import { consent } from './consent.ts';
import type { LabHost } from './lab-host.ts';
import { origin } from './protocol.ts';

type ShellHandlers = Handlers<typeof shellApi>;

/** Serves the window's calls: the shell's own by `handlers`, the lab's public ones by the lab. */
export function serveCalls(
  handlers: ShellHandlers,
  lab: LabHost,
  window: () => WebContents | null,
): void {
  const consented = async (name: string, params: unknown): Promise<Reply<unknown>> => {
    const owner = BrowserWindow.getAllWindows().find(({ webContents }) => webContents === window());
    if (owner) await consent(name, params, lab, owner);
    return lab.forward(name, params);
  };
  ipcMain.handle('call', async (event, name: unknown, params: unknown): Promise<Reply<unknown>> => {
    try {
      if (!isOurPage(event, window()))
        throw new AppError('unknown-method', 'Only Gardenpath’s own page may call.');
      // Own properties only: a name such as `constructor` is nobody's method.
      if (typeof name === 'string' && Object.hasOwn(labApi, name))
        return await consented(name, params);
      if (typeof name === 'string' && Object.hasOwn(shellApi, name))
        return { ok: true, value: await serve(handlers, name as keyof ShellHandlers, params) };
      throw new AppError('unknown-method', `There is no method ${JSON.stringify(name)}.`);
    } catch (error) {
      return { ok: false, error: toErrorReply(error) };
    }
  });
}

async function serve<N extends keyof ShellHandlers>(
  handlers: ShellHandlers,
  name: N,
  params: unknown,
): Promise<unknown> {
  const parsed = shellApi[name].params.safeParse(params);
  if (!parsed.success)
    throw new AppError('bad-params', `${name} was called with parameters it does not take.`, parsed.error.message); // prettier-ignore
  return handlers[name](parsed.data as never);
}

function isOurPage({ sender, senderFrame }: IpcMainInvokeEvent, window: WebContents | null) {
  return (
    senderFrame !== null &&
    sender === window &&
    senderFrame === sender.mainFrame &&
    senderFrame.origin === origin
  );
}
