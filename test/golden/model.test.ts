// The forward pass and the model's folder against `transformers` (test/golden/generate.py).
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { afterAll, describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { MASKED, OptModel, parametersOf, readNumbers } from '../../src/main/lab/model/index.ts';
import { goldenFolder, largestDifference, readGolden } from './fixture.ts';

const { tf } = loadEngine();
const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-model-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const consecutive = (rows: number, tokens: number) =>
  Int32Array.from({ length: rows * tokens }, (_, i) => i % tokens);

function logits(
  model: OptModel,
  rows: number[][],
  mask: Tensor3D | 'causal' = 'causal',
  positions?: Int32Array,
) {
  // prettier-ignore
  const tokens = rows[0]!.length;
  return tf.tidy(() => {
    const states = model.hiddenStates(Int32Array.from(rows.flat()), positions ?? consecutive(rows.length, tokens), mask, rows.length, tokens); // prettier-ignore
    return tf.matMul(states, model.outputEmbedding, false, true).dataSync<'float32'>();
  });
}

describe.each(['pre', 'post'])('%s-LN', (name) => {
  const golden = readGolden(name);
  const model = OptModel.load(goldenFolder(name));
  afterAll(() => model.dispose());

  it('has the logits', () => {
    expect(largestDifference(logits(model, golden.batches[0]!), golden.logits)).toBeLessThan(5e-5);
  });

  it('sees through a mask and at given positions: two sequences packed in a row', () => {
    const [a, b] = [golden.batches[0]![0]!.slice(0, 6), golden.batches[0]![1]!.slice(0, 4)];
    const seen = (i: number, j: number) => j <= i && j < 6 === i < 6;
    const mask = tf.buffer([1, 10, 10]);
    for (let i = 0; i < 10; i++) for (let j = 0; j < 10; j++) mask.set(seen(i, j) ? 0 : MASKED, 0, i, j); // prettier-ignore
    const positions = Int32Array.of(0, 1, 2, 3, 4, 5, 0, 1, 2, 3);
    const packed = logits(model, [[...a, ...b]], mask.toTensor() as Tensor3D, positions);
    const apart = [...logits(model, [a]), ...logits(model, [b])];
    expect(largestDifference(packed, apart)).toBeLessThan(1e-5);
  });

  it('comes back from its own folder bit for bit', () => {
    const folder = join(scratch, name);
    model.save(folder);
    const again = OptModel.load(folder);
    expect(again.config).toEqual(model.config);
    for (const { name } of parametersOf(model.config))
      expect(readNumbers(again.variables.get(name)!), name).toEqual(readNumbers(model.variables.get(name)!)); // prettier-ignore
    again.dispose();
  });
});

describe('a new model', () => {
  const config = { vocabSize: 300, layers: 2, hiddenSize: 32, heads: 4, ffnSize: 64, maxPositions: 20, dropout: 0, preLayerNorm: true, wordEmbedSize: 32 }; // prettier-ignore
  const numbers = (model: OptModel, name: string) => readNumbers(model.variables.get(name)!);

  it('is drawn from N(0, 0.02) by its seed, the padding row and biases 0, gains 1', () => {
    const [one, same, other] = [5, 5, 6].map((seed) => OptModel.init(config, seed));
    const drawn = numbers(one!, 'embed_tokens.weight');
    expect(drawn).toEqual(numbers(same!, 'embed_tokens.weight'));
    expect(drawn).not.toEqual(numbers(other!, 'embed_tokens.weight'));
    expect(drawn.subarray(32, 64)).toEqual(new Float32Array(32));
    const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0) / (299 * 32));
    expect(deviation).toBeCloseTo(0.02, 3);
    expect(new Set(numbers(one!, 'layers.1.fc1.bias'))).toEqual(new Set([0]));
    expect(new Set(numbers(one!, 'layers.1.final_layer_norm.weight'))).toEqual(new Set([1]));
    expect(numbers(one!, 'layers.0.fc1.weight')).not.toEqual(numbers(one!, 'layers.1.fc1.weight'));
    for (const model of [one!, same!, other!]) model.dispose();
  });

  it('leaves no memory taken when it is let go, nor does any of thousands of variables', () => {
    const made = (models: number): number => {
      for (let seed = 0; seed < models; seed++) OptModel.init(config, seed).dispose();
      return process.memoryUsage.rss();
    };
    const before = made(100); // buffers and caches are there
    expect(made(600) - before).toBeLessThan(20e6);
  });
});

describe('folders of others', () => {
  const source = goldenFolder('pre');

  /** The golden model's folder with its safetensors file rewritten. */
  function folderWith(
    name: string,
    change: (header: Record<string, never>, data: Buffer) => Buffer | void,
  ): string {
    // prettier-ignore
    const folder = join(scratch, name);
    mkdirSync(folder);
    copyFileSync(join(source, 'config.json'), join(folder, 'config.json'));
    const file = readFileSync(join(source, 'model.safetensors'));
    const length = Number(file.readBigUInt64LE());
    const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, never>;
    const data = file.subarray(8 + length);
    const newData = change(header, data) ?? data;
    const json = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(join(folder, 'model.safetensors'), Buffer.concat([size, json, newData]));
    return folder;
  }
  type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

  it('opens names that begin with decoder., and a tied lm_head', () => {
    const folder = folderWith('prefix', (header: Header) => {
      for (const [name, entry] of Object.entries(header)) {
        delete header[name];
        header[name.replace('model.decoder.', 'decoder.')] = entry;
      }
    });
    const model = OptModel.load(folder);
    expect(largestDifference(logits(model, readGolden('pre').batches[0]!), readGolden('pre').logits)).toBeLessThan(5e-5); // prettier-ignore
    model.dispose();
  });

  it('opens shards', () => {
    const folder = folderWith('shards', () => undefined);
    const whole = readFileSync(join(folder, 'model.safetensors'));
    const length = Number(whole.readBigUInt64LE());
    const header = JSON.parse(whole.subarray(8, 8 + length).toString()) as Header;
    delete header['__metadata__'];
    const map: Record<string, string> = {};
    const names = Object.keys(header);
    [names.slice(0, 9), names.slice(9)].forEach((part, n) => {
      const shard = `model-0000${n + 1}-of-00002.safetensors`;
      for (const name of part) map[name] = shard;
      const json = Buffer.from(JSON.stringify(Object.fromEntries(part.map((name) => [name, header[name]])))); // prettier-ignore
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(json.length));
      writeFileSync(join(folder, shard), Buffer.concat([size, json, whole.subarray(8 + length)]));
    });
    writeFileSync(
      join(folder, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: map }),
    );
    rmSync(join(folder, 'model.safetensors'));
    const model = OptModel.load(folder);
    expect(largestDifference(logits(model, readGolden('pre').batches[0]!), readGolden('pre').logits)).toBeLessThan(5e-5); // prettier-ignore
    model.dispose();
  });

  it.each(['F16', 'BF16'])('opens %s', (dtype) => {
    const name = 'model.decoder.embed_tokens.weight';
    const folder = folderWith(dtype, (header: Header, data) => {
      const entry = header[name]!;
      const floats = new Float32Array(Uint8Array.from(data.subarray(...entry.data_offsets)).buffer);
      const halves = Uint16Array.from(floats, dtype === 'BF16' ? toBfloat16 : toFloat16);
      const begin = data.length;
      header[name] = {
        dtype,
        shape: entry.shape,
        data_offsets: [begin, begin + halves.byteLength],
      };
      return Buffer.concat([data, Buffer.from(halves.buffer)]);
    });
    const [exact, rounded] = [OptModel.load(source), OptModel.load(folder)];
    const [a, b] = [exact, rounded].map((model) => readNumbers(model.variables.get('embed_tokens.weight')!)); // prettier-ignore
    const error = Math.max(
      ...a!.map((x, i) => Math.abs(b![i]! - x) / Math.max(Math.abs(x), 2 ** -14)),
    );
    expect(error).toBeLessThanOrEqual(dtype === 'BF16' ? 2 ** -7 : 2 ** -10);
    expect(error).toBeGreaterThan(0);
    exact.dispose();
    rounded.dispose();
  });

  const shorten = (entry: Header[string]) => {
    entry.shape = [16];
    entry.data_offsets[1] = entry.data_offsets[0] + 64;
  };
  const bad: [string, (header: Header, data: Buffer) => Buffer | void, RegExp][] = [
    ['a tensor missing', (header) => void delete header['model.decoder.layers.1.fc1.bias'], /lack.*layers\.1\.fc1\.bias/], // prettier-ignore
    ['another shape', (header) => void shorten(header['model.decoder.layers.1.fc1.bias']!), /is 16, but config.json asks for 32/], // prettier-ignore
    ['an offset beyond the end', (_header, data) => data.subarray(0, data.length - 4), /cut short/],
    ['overlapping tensors', (header) => void header['model.decoder.layers.1.fc1.bias']!.data_offsets.splice(0, 2, 0, 128), /overlaps/], // prettier-ignore
    ['a size that is not its shape', (header) => void header['model.decoder.layers.1.fc1.bias']!.shape.push(3), /takes 128 bytes/], // prettier-ignore
    ['an unknown type', (header) => void (header['model.decoder.layers.1.fc1.bias']!.dtype = 'I8'), /type I8/], // prettier-ignore
    ['offsets that are no numbers', (header) => void header['model.decoder.layers.1.fc1.bias']!.data_offsets.splice(0, 1), /lacks/], // prettier-ignore
  ];
  it.each(bad)('refuses %s', (name, change, message) => {
    const folder = folderWith(name.replaceAll(' ', '-'), change);
    expect(() => OptModel.load(folder)).toThrow(message);
  });

  it('refuses an absurd header, a pickle, another architecture', () => {
    const folder = folderWith('refused', () => undefined);
    const path = join(folder, 'model.safetensors');
    const file = readFileSync(path);
    file.writeBigUInt64LE(2n ** 63n);
    writeFileSync(path, file);
    expect(() => OptModel.load(folder)).toThrow(/header is said to take 9223372036854775808 bytes/);
    rmSync(path);
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    expect(() => OptModel.load(folder)).toThrow(/pickle.*save_pretrained/);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, activation_function: 'gelu' })); // prettier-ignore
    expect(() => OptModel.load(folder)).toThrow(/activation_function is "gelu"/);
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, model_type: 'gpt2' }));
    expect(() => OptModel.load(folder)).toThrow(/only OPT/);
  });
});

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);
function toBfloat16(x: number): number {
  asFloat[0] = x;
  return bits[0]! >>> 16;
}
/** Rounds toward zero; enough for numbers within half precision's range. */
function toFloat16(x: number): number {
  asFloat[0] = x;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const exponent = ((bits[0]! >>> 23) & 0xff) - 112;
  const fraction = bits[0]! & 0x7fffff;
  if (exponent > 0) return sign | (exponent << 10) | (fraction >>> 13);
  return sign | ((fraction | 0x800000) >>> (14 - exponent));
}
