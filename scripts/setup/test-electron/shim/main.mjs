// Stands in for Electron's own default app, which the package does not carry. It understands
//   electron [-r MODULE]… [chromium flags] APP [arguments]
// and runs APP as Electron would. An ES module on purpose: Electron holds back `ready` until its
// top-level await is done, so APP can still register schemes.
import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const args = process.argv.slice(1);
const preloads = [];
let target;
while (args.length > 0 && target === undefined) {
  const arg = args.shift();
  if (arg === '-r' || arg === '--require') preloads.push(path.resolve(args.shift()));
  else if (!arg.startsWith('-')) target = path.resolve(arg);
}
if (target === undefined) {
  process.stderr.write('usage: electron [flags] APP\n');
  process.exit(2);
}
for (const module of preloads) require(module); // Playwright's loader comes this way

try {
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  const manifest = path.join(target, 'package.json');
  const entry = require.resolve(target);
  app.setAppPath(existsSync(manifest) ? target : path.dirname(entry));
  if (existsSync(manifest)) {
    const { name, productName, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (version) app.setVersion(version);
    if (productName || name) app.name = productName || name;
    app.setDesktopName(`${app.name}.desktop`);
  }
  await import(pathToFileURL(entry).href);
} catch (error) {
  process.stderr.write(`The app threw an error while it loaded\n${error?.stack ?? error}\n`);
  process.exit(1);
}
