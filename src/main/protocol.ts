// The window's pages come from app://gardenpath/, a scheme of our own that reads out/renderer and
// nothing else; unlike file:// it is an origin, and it can send headers.
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { log } from './log.ts';

export const origin = 'app://gardenpath';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'", // widths and offsets of drawn marks
  "img-src 'self' data: blob:", // blob: a chart on its way to PNG
  "font-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html', // Svelte’s own templates
].join('; ');

const headers = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store', // files are local; an update must not meet an old copy
};

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves `root` at app://gardenpath/; must run once Electron is ready. */
export function serveRenderer(root: string): void {
  protocol.handle('app', async (request) => {
    const path = request.method === 'GET' ? fileFor(root, request.url) : null;
    const type = path === null ? undefined : contentTypes[extname(path)];
    if (path === null || type === undefined) return notFound();
    try {
      return new Response(new Uint8Array(await readFile(path)), {
        headers: { ...headers, 'Content-Type': type },
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(String(error));
      return notFound();
    }
  });
}

/** The file that a URL names below `root`; null where it is not ours or leaves the folder. */
export function fileFor(root: string, url: string): string | null {
  const { protocol: scheme, host, pathname } = new URL(url);
  if (`${scheme}//${host}` !== origin) return null;
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return null; // malformed escapes
  }
  if (/[\\\0:]/.test(name)) return null; // Windows separators, drives and streams
  const path = resolve(root, `.${name === '/' ? '/index.html' : name}`);
  return path.startsWith(root + sep) ? path : null;
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { ...headers, 'Content-Type': 'text/plain' } }); // prettier-ignore
}
