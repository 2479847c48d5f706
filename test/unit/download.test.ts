// A file fetched from the network is the one that it should be, or none is left.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { download } from '../../src/main/lab/download.ts';
import { blimp, enginePins, type Download } from '../../src/shared/downloads.ts';

const content = Buffer.from('a minimal pair '.repeat(20_000));
/** What is served, as status and pieces with a pause after each. */
let answer: { status: number; pieces: Buffer[]; breaksOff?: boolean } = { status: 200, pieces: [] };
const server = http.createServer((_, response) => {
  response.writeHead(answer.status);
  void (async () => {
    for (const piece of answer.pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    if (answer.breaksOff) response.destroy();
    else response.end();
  })();
});

let folder: string;
let wanted: Download;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-download-test-'));
  wanted = {
    name: 'A suite',
    file: 'suite.zip',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/suite.zip`,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    licence: 'none',
  };
  return () => fs.rmSync(folder, { recursive: true });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
const to = () => path.join(folder, 'suite.zip');

it('is there, byte for byte, with its progress told on the way', async () => {
  const piece = content.length / 10;
  answer = { status: 200, pieces: Array.from({ length: 10 }, (_, n) => content.subarray(n * piece, (n + 1) * piece)) }; // prettier-ignore
  const shares: number[] = [];
  await download(wanted, to(), fetch, (share) => shares.push(share));
  expect(fs.readFileSync(to()).equals(content)).toBe(true);
  expect(shares.length).toBeGreaterThan(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
});

it.each([
  ['another file of the same length', /its sha256 is another/, { status: 200, pieces: [Buffer.alloc(content.length)] }], // prettier-ignore
  ['a file that is too short', /its sha256 is another/, { status: 200, pieces: [content.subarray(1)] }], // prettier-ignore
  ['a file that does not end', /longer than it should be/, { status: 200, pieces: [content, content] }], // prettier-ignore
  ['a page that says there is none', /127\.0\.0\.1:\d+ answered 404/, { status: 404, pieces: [content] }], // prettier-ignore
  ['half a file', /A suite could not be downloaded/, { status: 200, pieces: [content.subarray(0, 100)], breaksOff: true }], // prettier-ignore
])('%s is refused with what to do, and not kept', async (_, why, given) => {
  answer = given;
  const failing = download(wanted, to(), fetch);
  await expect(failing).rejects.toThrow(why);
  await expect(failing).rejects.toThrow(/Try again, or get the file elsewhere and choose it\./);
  expect(fs.existsSync(to())).toBe(false);
});

it('without a network one is told so', async () => {
  wanted.url = 'http://127.0.0.1:1/suite.zip'; // nobody listens there
  await expect(download(wanted, to(), fetch)).rejects.toThrow(/A suite could not be downloaded \(.+\)/); // prettier-ignore
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('what may be fetched has one address by https and a checksum', () => {
  for (const { url, sha256, bytes, file } of [blimp, ...Object.values(enginePins)]) {
    expect(new URL(url).protocol).toBe('https:');
    expect(url.endsWith(`/${file}`)).toBe(true);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(1_000_000);
  }
});

const zip = new URL('../../../shared/data/blimp/BLiMP.zip', import.meta.url);
const isHere = fs.existsSync(zip);
if (!isHere) console.warn('SKIPPED: BLiMP.zip is not at hand, so the checksum of what would be downloaded is not compared with it.'); // prettier-ignore
it.runIf(isHere)('BLiMP’s checksum and length are those of BLiMP', () => {
  const bytes = fs.readFileSync(zip);
  expect(bytes.length).toBe(blimp.bytes);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(blimp.sha256);
});
