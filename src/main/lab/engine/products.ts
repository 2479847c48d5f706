// Matrix products and what they are joined with, in float32 or bfloat16, by the fastest kernels that the engine has.
//
// TensorFlow's CPU builds for x86 carry oneDNN's products under names of their own. oneDNN multiplies bfloat16 where a
// processor has AVX-512, tenfold faster where it has AMX; elsewhere such products are TensorFlow's own, and slow.
import {
  add,
  BFLOAT16,
  bfloat16,
  biasAdd,
  flag,
  FLOAT,
  float32,
  integer,
  mul,
  relu,
  run,
  scalar,
  softmax,
  text,
  texts,
  tracing,
  type,
  type Attribute,
  type DType,
  type Value,
} from './ops.ts';
import { bfloatSoftmax, hasBfloats, hasTiles, linearInTiles } from './own-operations.ts';
import { hasAvx512 } from './processor.ts';
import { agree } from './trial.ts';

export type Precision = 'fp32' | 'bf16';
/** Which of two factors enters transposed. */
export type Transposed = '' | 'a' | 'b';

/** Products in one number format. Operands are tensors in that format; results are operands again. */
export interface Products {
  dtype: DType;
  /**
   * Whether a product over many rows, aᵀ · b, is faster where a is the narrower of the two, by more than it takes to turn
   * the result around.
   */
  narrowFirst: boolean;
  /** A float32 tensor as an operand: itself, or a copy. */
  operand: (x: Value) => Value;
  /** An operand in float32: itself, or a copy. */
  float: (x: Value) => Value;
  /** (M, K) · (K, N) → (M, N) */
  matMul: (a: Value, b: Value, transposed?: Transposed) => Value;
  /** The same for each matrix of a batch: (…, M, K) · (…, K, N). */
  batchMatMul: (a: Value, b: Value, transposed?: Transposed) => Value;
  /**
   * x wᵀ + b, through ReLU where asked: (N, in), (out, in), float32 (out) → (N, out). With '' in place of 'b', x w + b of
   * w (in, out): the faster one where w is turned once for many products.
   */
  linear: (x: Value, w: Value, bias: Value, activation?: 'Relu', transposed?: '' | 'b') => Value;
  /** Over the last axis. */
  softmax: (x: Value) => Value;
}

/** Hidden size from which oneDNN's float32 products are the faster ones where a processor lacks AVX-512. */
const WIDE = 512;

/**
 * The products for a model of some hidden size; not to be called first while a graph is traced. The choice depends on
 * engine and processor alone, so that a run that goes on computes as before.
 */
export function productsFor(precision: Precision, hiddenSize = WIDE): Products {
  // All are tried at the first call, which is before any graph is traced.
  const has = {
    bf16: oneDnnHas.bf16(),
    fp32: oneDnnHas.fp32(),
    softmax: oneDnnHas.softmax(),
    tiles: inTiles(hiddenSize),
  };
  if (precision === 'bf16') return has.bf16 ? oneDnnBfloats : bfloats;
  const narrowFirst = hiddenSize < WIDE;
  const softmax = has.softmax ? (x: Value) => oneDnnSoftmax(x, FLOAT) : floats.softmax;
  const linear = has.tiles ? tiledLinear : oneDnnFloats.linear;
  if (has.bf16) return { ...oneDnnFloats, linear, narrowFirst, softmax };
  return { ...floats, ...(has.fp32 && !narrowFirst ? oneDnnFloatProducts : {}), narrowFirst, softmax }; // prettier-ignore
}

/** Width from which our products in tiles are faster than oneDNN's: less has to be taken apart for each sum. */
const WIDE_FOR_TILES = 256;

/** Whether scoring multiplies in tiles here for a model of that width; not to be asked first while a graph is traced. */
export const inTiles = (width: number): boolean => tilesAgree() && width >= WIDE_FOR_TILES;

/** Picks oneDNN's kernel among others of the same operation and types. */
const labelled = text('_kernel', 'MklNameChangeOp');

// ---- kernels ------------------------------------------------------------------------------------

function product(
  op: string,
  dtype: DType,
  names: readonly [a: string, b: string],
  more: Attribute[] = [],
): Products['matMul'] {
  const attributes = (transposed: Transposed) =>
    [type('T', dtype), flag(names[0], transposed === 'a'), flag(names[1], transposed === 'b'), ...more]; // prettier-ignore
  const by = { '': attributes(''), a: attributes('a'), b: attributes('b') };
  return (a, b, transposed = '') => run(op, by[transposed], [a, b]);
}
const ofMatrices = ['transpose_a', 'transpose_b'] as const;
const ofBatches = ['adj_x', 'adj_y'] as const;

const same = (x: Value): Value => x;

const floatMatMul = product('MatMul', FLOAT, ofMatrices);
const floats: Products = {
  dtype: FLOAT,
  narrowFirst: false,
  operand: same,
  float: same,
  matMul: floatMatMul,
  batchMatMul: product('BatchMatMulV2', FLOAT, ofBatches),
  // Of these TensorFlow itself makes one operation.
  linear: (x, w, bias, activation, transposed = 'b') =>
    activated(biasAdd(floatMatMul(x, w, transposed), bias), activation),
  softmax,
};

const bfloatMatMul = product('MatMul', BFLOAT16, ofMatrices);
const bfloats: Products = {
  dtype: BFLOAT16,
  narrowFirst: false,
  operand: bfloat16,
  float: float32,
  matMul: bfloatMatMul,
  batchMatMul: product('BatchMatMulV2', BFLOAT16, ofBatches),
  linear: (x, w, bias, activation, transposed = 'b') =>
    bfloat16(activated(biasAdd(float32(bfloatMatMul(x, w, transposed)), bias), activation)),
  softmax: (x) => (hasBfloats() ? bfloatSoftmax(x) : bfloat16(softmax(float32(x)))),
};

const oneDnnMatMul = {
  fp32: product('_MklMatMul', FLOAT, ofMatrices, [labelled]),
  bf16: product('_MklMatMul', BFLOAT16, ofMatrices, [labelled]),
};
const oneDnnFloatProducts: Pick<Products, 'matMul' | 'linear'> = {
  matMul: oneDnnMatMul.fp32,
  linear: (x, w, bias, activation, transposed = 'b') =>
    tracing()
      ? run('_MklNativeFusedMatMul', fusedAttributes(activation, transposed), [x, w, bias])
      : activated(biasAdd(oneDnnMatMul.fp32(x, w, transposed), bias), activation),
};
const fusedAttributes = (activation: 'Relu' | undefined, transposed: Transposed): Attribute[] => [
  type('T', FLOAT),
  flag('transpose_a', false),
  flag('transpose_b', transposed === 'b'),
  integer('num_args', 1),
  texts('fused_ops', ['BiasAdd', ...(activation ? [activation] : [])]),
  labelled,
];

const oneDnnSoftmax = (x: Value, dtype: DType): Value =>
  run('_MklSoftmax', [type('T', dtype), labelled], [x]);

const oneDnnFloats: Products = {
  ...floats,
  ...oneDnnFloatProducts,
  batchMatMul: product('_MklBatchMatMulV2', FLOAT, ofBatches, [labelled]),
};
const oneDnnBfloats: Products = {
  ...bfloats,
  matMul: oneDnnMatMul.bf16,
  batchMatMul: product('_MklBatchMatMulV2', BFLOAT16, ofBatches, [labelled]),
  // oneDNN's fused product is the slower one in bfloat16.
  linear: (x, w, bias, activation, transposed = 'b') =>
    activated(
      biasAdd(oneDnnMatMul.bf16(x, w, transposed), bfloat16(bias), BFLOAT16),
      activation,
      BFLOAT16,
    ),
  softmax: (x) => (hasBfloats() ? bfloatSoftmax(x) : oneDnnSoftmax(x, BFLOAT16)),
};

const tiledLinear: Products['linear'] = (x, w, bias, activation, transposed = 'b') =>
  transposed === 'b'
    ? oneDnnFloats.linear(x, w, bias, activation)
    : linearInTiles(x, w, bias, activation);

const activated = (x: Value, activation: 'Relu' | undefined, dtype: DType = FLOAT): Value =>
  activation ? relu(x, dtype) : x;

/** A product and a layer of numbers up to 1, results up to about 10. */
const tried = ({ operand, float, matMul, linear }: Products, x: Value, bias: Value): Value => {
  const a = operand(mul(x, scalar(300)));
  return add(float(matMul(a, a)), float(linear(a, a, bias, 'Relu')));
};

/** Whether oneDNN multiplies matrices of each format here, and makes softmax. */
const oneDnnHas = {
  softmax: () => agree('softmax', 1e-4, (x) => [oneDnnSoftmax(x, FLOAT), softmax(x)]),
  fp32: () => agree('products', 1e-4, (x, b) => [tried(oneDnnFloats, x, b), tried(floats, x, b)]),
  bf16: () =>
    hasAvx512() &&
    agree('products in bfloat16', 0.2, (x, b) => [
      tried(oneDnnBfloats, x, b),
      tried(bfloats, x, b),
    ]),
};

const tilesAgree = (): boolean =>
  hasAvx512() &&
  hasTiles() &&
  agree('tiles', 1e-4, (x, bias) => {
    const a = mul(x, scalar(300));
    return [linearInTiles(a, a, bias, 'Relu'), floats.linear(a, a, bias, 'Relu', '')];
  });
