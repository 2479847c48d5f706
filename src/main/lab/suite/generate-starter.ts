// Makes the starter suite anew from its grammars: node src/main/lab/suite/generate-starter.ts
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resourcePath } from './resources.ts';
import { starterFile, starterGrammars } from './starter.ts';

const folder = resourcePath('starter');
const files = (await starterGrammars()).map(starterFile);
for (const name of await readdir(folder))
  if (name.endsWith('.jsonl') && !files.some((file) => file.name === name))
    await rm(join(folder, name));
for (const { name, text } of files) await writeFile(join(folder, name), text);
process.stdout.write(`${files.length} classes in resources/starter\n`);
