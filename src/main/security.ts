// What a window may not do, whatever runs in it. See docs/security.md.
import { app, session, shell, type WebContents } from 'electron';
import { log } from './log.ts';
import { origin } from './protocol.ts';

/** The only pages that a click may open, in the person's own browser. */
const externalPages = [
  'https://github.com/alexwarstadt/blimp',
  'https://arxiv.org/abs/2603.00359',
  'https://arxiv.org/abs/1912.00582',
  'https://arxiv.org/abs/2205.01068',
  'https://babylm.github.io/',
];

/** Opens a page of the list above; anything else is refused and said so in the log. */
export function openExternal(url: string): void {
  if (externalPages.includes(url)) void shell.openExternal(url);
  else log(`refused to open ${url}`);
}

/** Must run once Electron is ready, before the first window. */
export function lockSession(): void {
  const ours = session.defaultSession;
  ours.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  ours.setPermissionCheckHandler(() => false);
  ours.setDevicePermissionHandler(() => false);
  ours.on('will-download', (event) => event.preventDefault());
  // The app needs no network: the window reaches its own files and, in development, the developer tools.
  ours.webRequest.onBeforeRequest(({ url }, answer) => {
    const allowed = url.startsWith(`${origin}/`) || /^(blob:app:|data:|devtools:)/.test(url);
    answer({ cancel: !allowed });
  });
}

/** Applies to every web contents that Electron will ever make. */
export function lockWebContents(): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url);
      return { action: 'deny' };
    });
  });
}
