// The weights of a folder in the form of `transformers`: one safetensors file, or shards with an index.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { sizeOf, type ParameterSpec } from './parameters.ts';
import { SafetensorsFile } from './safetensors.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** What stands before a parameter's name: OPTForCausalLM writes the first, OPTModel the second. */
const prefixes = ['model.decoder.', 'decoder.'];
export const PREFIX = 'model.decoder.';

/** Opens a folder's weights, hands a reader of parameters to `use`, and closes them. */
export function withWeights<R>(folder: string, use: (read: ParameterReader) => R): R {
  const files = openAll(folder);
  try {
    return use((spec) => readParameter(folder, files, spec));
  } finally {
    for (const file of files) file.close();
  }
}

/** A parameter's numbers, its parts stacked by rows. */
export type ParameterReader = (spec: ParameterSpec) => Float32Array;

/** Whether a folder has weights that can be opened. */
export const hasWeights = (folder: string): boolean =>
  existsSync(join(folder, SINGLE)) || existsSync(join(folder, INDEX));

/** SHA-256 over a folder's weight files in the order of their names. */
export async function hashWeights(folder: string): Promise<string> {
  const files = openAll(folder);
  for (const file of files) file.close();
  const hash = createHash('sha256');
  for (const path of files.map((file) => file.path).sort())
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer); // prettier-ignore
  return hash.digest('hex');
}

function openAll(folder: string): SafetensorsFile[] {
  if (existsSync(join(folder, SINGLE))) return [new SafetensorsFile(join(folder, SINGLE))];
  if (existsSync(join(folder, INDEX))) return openShards(folder);
  if (
    existsSync(join(folder, 'pytorch_model.bin')) ||
    existsSync(join(folder, 'pytorch_model.bin.index.json'))
  )
    // prettier-ignore
    throw new AppError(
      'bad-file',
      `${folder} holds its weights as a pickle (pytorch_model.bin), which can run code when opened. ` +
        `Convert a model you trust: python3 -c "from transformers import OPTForCausalLM as M; ` +
        `M.from_pretrained('${folder}').save_pretrained('${folder}')"`,
    );
  throw new AppError('bad-file', `${folder} has no ${SINGLE} and no ${INDEX}.`);
}

function openShards(folder: string): SafetensorsFile[] {
  const path = join(folder, INDEX);
  const files: SafetensorsFile[] = [];
  try {
    const { weight_map: map } = JSON.parse(readFileSync(path, 'utf8')) as { weight_map: Record<string, string> }; // prettier-ignore
    for (const name of new Set(Object.values(map))) {
      if (!/^[\w.-]+\.safetensors$/.test(name))
        throw new AppError('bad-file', `${path} names a shard ${JSON.stringify(name)} outside its folder.`); // prettier-ignore
      files.push(new SafetensorsFile(join(folder, name)));
    }
    return files;
  } catch (error) {
    for (const file of files) file.close();
    if (error instanceof AppError) throw error;
    throw new AppError('bad-file', `${path} does not say which shard holds what.`, String(error));
  }
}

function readParameter(
  folder: string,
  files: SafetensorsFile[],
  spec: ParameterSpec,
): Float32Array {
  const partShape = [spec.shape[0]! / spec.parts.length, ...spec.shape.slice(1)];
  const parts = spec.parts.map((part) => readTensor(folder, files, part, partShape));
  if (parts.length === 1) return parts[0]!;
  const stacked = new Float32Array(sizeOf(spec.shape));
  parts.forEach((part, n) => stacked.set(part, n * sizeOf(partShape)));
  return stacked;
}

function readTensor(
  folder: string,
  files: SafetensorsFile[],
  name: string,
  shape: number[],
): Float32Array {
  for (const prefix of prefixes)
    for (const file of files) {
      const entry = file.entries.get(prefix + name);
      if (!entry) continue;
      if (entry.shape.join() !== shape.join())
        throw new AppError('bad-file', `${file.path}: ${prefix}${name} is ${entry.shape.join(' × ')}, but config.json asks for ${shape.join(' × ')}.`); // prettier-ignore
      return file.read(prefix + name);
    }
  throw new AppError('bad-file', `${folder}: the weights lack ${PREFIX}${name}.`);
}
