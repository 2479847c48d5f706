// Products of float32 matrices for scoring, in the tiles (AMX) that newer Xeons have: those multiply bfloat16, sixteen
// times as many a cycle as AVX-512 does float32.
//
// A float32 (24 bits) is the sum of three bfloat16 (8 bits each), a = a₁ + a₂ + a₃, each the rounded rest. Of the nine
// products aᵢbⱼ the six with i + j ≤ 4 are made, each exactly, and summed in float32; the others are below 2⁻²⁴ |ab|, which
// float32 loses as well. (Henry, Tang and Heinecke 2019, "Leveraging the bfloat16 Artificial Intelligence Datatype For
// Higher-Precision Computations", arXiv:1904.06376.) Where an infinity enters, NaN comes out.
#include "operation.h"

#if defined(__x86_64__) && defined(__linux__) && __GNUC__ >= 11
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#define WITH_TILES __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16")))

namespace {

/** A tile: 16 rows of 32 numbers of depth, the axis summed over. */
constexpr int64_t kRows = 16, kDepth = 32, kTile = kRows * kDepth, kParts = 3;
/** Results are made in squares: two tiles of rows by two of columns. */
constexpr int64_t kSquare = 2 * kRows;
/** What lies in a second-level cache of 2 MiB: rows of a, in squares, and their depth, in steps of a tile each. */
constexpr int64_t kBlockSquares = 16, kBlockSteps = 8;
/** So many squares across are made one after the other, and their rows written. */
constexpr int64_t kAcross = 8;
/** Tiles of b that are packed at a time, 3 KiB each. */
constexpr int64_t kPackedTiles = 2048;

using Part = uint16_t;  // a bfloat16

/** rows × depth numbers, or `turned`: depth × rows. */
struct Factor {
  const float* data;
  int64_t rows, depth;
  bool turned;
  int64_t squares() const { return (rows + kSquare - 1) / kSquare; }
  int64_t steps() const { return (depth + kDepth - 1) / kDepth; }
};

/** a · bᵀ and what is made of it. */
struct Product {
  Factor a, b;
  /** (b.rows), or none. */
  const float* bias;
  bool relu;
  float* made;
};

inline __mmask16 MaskOf(int64_t numbers) { return numbers >= 16 ? 0xFFFF : numbers <= 0 ? 0 : (1 << numbers) - 1; }

/** 16 × 16 of 32 bits: in four rounds, blocks of 1, 2, 4 and 8 change places across the diagonal. */
WITH_TILES inline void Transpose(__m512i (&rows)[16]) {
  const __m512i count = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), second = _mm512_set1_epi32(16);
#pragma GCC unroll 4
  for (int size = 1; size < 16; size *= 2) {
    const __m512i across = _mm512_xor_si512(count, _mm512_set1_epi32(size));
    const __mmask16 high = _mm512_test_epi32_mask(count, _mm512_set1_epi32(size));
    const __m512i upper = _mm512_mask_or_epi32(count, high, across, second), lower = _mm512_mask_or_epi32(across, high, count, second);
#pragma GCC unroll 16
    for (int r = 0; r < 16; r++)
      if ((r & size) == 0) {
        const __m512i x = rows[r], y = rows[r + size];
        rows[r] = _mm512_permutex2var_epi32(x, upper, y);
        rows[r + size] = _mm512_permutex2var_epi32(x, lower, y);
      }
  }
}

/**
 * The three parts of a tile's numbers, one tile each; zeros beyond the matrix.
 * @param inPairs as tiles of b are to be: depth goes down, in pairs
 */
template <bool turned, bool inPairs>
WITH_TILES inline void PackTile(const Factor& of, int64_t row, int64_t depth, Part* __restrict tiles) {
  const int64_t rows = of.rows - row, deep = of.depth - depth;
  __m512i parts[kParts][16];
#pragma GCC unroll 16
  for (int64_t n = 0; n < 16; n++) {
    __m512 x, y;  // the halves of a row; or, turned, a pair of depth for 16 rows
    if (turned) {
      const float* from = of.data + (depth + 2 * n) * of.rows + row;
      x = _mm512_maskz_loadu_ps(2 * n < deep ? MaskOf(rows) : 0, from);
      y = _mm512_maskz_loadu_ps(2 * n + 1 < deep ? MaskOf(rows) : 0, from + of.rows);
    } else {
      const float* from = of.data + (row + n) * of.depth + depth;
      x = _mm512_maskz_loadu_ps(n < rows ? MaskOf(deep) : 0, from);
      y = _mm512_maskz_loadu_ps(n < rows ? MaskOf(deep - 16) : 0, from + 16);
    }
#pragma GCC unroll 3
    for (int part = 0; part < kParts; part++) {
      const __m512i first = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)), last = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(y));
      const __m512i low = _mm512_slli_epi32(first, 16), high = _mm512_slli_epi32(last, 16);
      parts[part][n] = turned ? _mm512_or_si512(first, high) : (__m512i)_mm512_cvtne2ps_pbh(y, x);
      x = _mm512_sub_ps(x, _mm512_castsi512_ps(low));
      y = _mm512_sub_ps(y, _mm512_castsi512_ps(high));
    }
  }
#pragma GCC unroll 3
  for (int part = 0; part < kParts; part++) {
    if (turned != inPairs) Transpose(parts[part]);
#pragma GCC unroll 16
    for (int n = 0; n < 16; n++) _mm512_store_si512(tiles + part * kTile + n * kDepth, parts[part][n]);
  }
}

/** Rows of tiles from `first`, of which so many steps from `step`: (count, steps, parts) tiles. */
template <bool turned, bool inPairs>
WITH_TILES void Pack(const Factor& of, int64_t first, int64_t count, int64_t step, int64_t steps, Part* packed) {
  for (int64_t t = first; t < first + count; t++)
    for (int64_t s = step; s < step + steps; s++, packed += kParts * kTile) PackTile<turned, inPairs>(of, t * kRows, s * kDepth, packed);
}

/**
 * A square's sums over so many steps, (32, 32). In a and b a second row of tiles is `aNext` and `bNext` further on.
 * @param meanwhile is called for each row of the square before: tiles and vectors work side by side
 */
template <typename Meanwhile>
WITH_TILES inline void SumSquare(const Part* a, int64_t aNext, const Part* b, int64_t bNext, int64_t steps, float* sums, const Meanwhile& meanwhile) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
#define LOAD_A(part) _tile_loadd(4, a + part * kTile, 64); _tile_loadd(5, a + aNext + part * kTile, 64)
#define LOAD_B(part) _tile_loadd(6, b + part * kTile, 64); _tile_loadd(7, b + bNext + part * kTile, 64)
#define ADD _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7)
  for (int64_t s = 0; s < steps; s++, a += kParts * kTile, b += kParts * kTile) {
    // In an order in which one of the two stays.
    LOAD_A(0); LOAD_B(2); ADD;
    LOAD_B(1); ADD;
    LOAD_A(1); ADD;
    LOAD_B(0); ADD;
    LOAD_A(2); ADD;
    LOAD_A(0); ADD;
    for (int64_t r = kSquare * s / steps; r < kSquare * (s + 1) / steps; r++) meanwhile(r);
  }
#undef LOAD_A
#undef LOAD_B
#undef ADD
  const int64_t rowBytes = kSquare * sizeof(float);
  _tile_stored(0, sums, rowBytes);
  _tile_stored(1, sums + kRows, rowBytes);
  _tile_stored(2, sums + kRows * kSquare, rowBytes);
  _tile_stored(3, sums + kRows * kSquare + kRows, rowBytes);
}

/** Where a square lies in the product, and its sums: over the first steps of depth or not, the last or not. */
struct Square {
  const float* sums;
  int64_t row, column;
  bool isFirst, isLast;
};

/** What becomes of a row of a square. */
using Use = void (*)(const Product&, const Square&, int64_t row);

/** It goes in its place, (a.rows, b.rows), with the bias and through ReLU, or is added to what is there. */
WITH_TILES inline void Place(const Product& of, const Square& from, int64_t r) {
  const int64_t row = from.row + r, columns = of.b.rows;
  if (row >= of.a.rows) return;
#pragma GCC unroll 2
  for (int64_t c = 0; c < kSquare; c += 16) {
    const __mmask16 mask = MaskOf(columns - from.column - c);
    float* to = of.made + row * columns + from.column + c;
    const __m512 before = _mm512_maskz_loadu_ps(mask, from.isFirst ? of.bias + from.column + c : to);
    const __m512 sum = _mm512_add_ps(_mm512_load_ps(from.sums + r * kSquare + c), before);
    _mm512_mask_storeu_ps(to, mask, from.isLast && of.relu ? _mm512_max_ps(_mm512_setzero_ps(), sum) : sum);
  }
}

/** Its exponentials are added to 16 sums, (a.rows, 16): for sums over all of the depth. */
WITH_TILES inline void AddExp(const Product& of, const Square& from, int64_t r) {
  if (from.row + r >= of.a.rows) return;
  const int64_t columns = std::min(kSquare, of.b.rows - from.column);
  float* __restrict to = of.made + (from.row + r) * kRows;
  const float* x = from.sums + r * kSquare;
  if (columns == kSquare)
    for (int l = 0; l < kRows; l++) to[l] += Exp(x[l]) + Exp(x[kRows + l]);
  else
    for (int64_t c = 0; c < columns; c++) to[c % kRows] += Exp(x[c]);
}

using Packed = std::unique_ptr<Part, decltype(&std::free)>;
Packed NewPacked(int64_t tiles) { return Packed(static_cast<Part*>(std::aligned_alloc(64, tiles * kParts * kTile * sizeof(Part))), &std::free); }

/** Eight tiles, all of them whole. */
WITH_TILES void Configure() {
  struct {
    uint8_t palette = 1, start = 0, reserved[14] = {};
    uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } tiles;
  asm volatile("" : : "r"(&tiles) : "memory");  // GCC 12 believes that only its first bytes are read
  _tile_loadconfig(&tiles);
}
WITH_TILES void Release() { _tile_release(); }

/** Squares of the product: rows `top` up to `bottom`, columns `left` up to `right`, which are packed. */
template <Use use>
WITH_TILES void MultiplyRows(const Product& of, const Part* b, int64_t top, int64_t bottom, int64_t left, int64_t right) {
  Configure();
  const int64_t steps = of.a.steps(), deep = use == AddExp ? steps : kBlockSteps, high = std::max<int64_t>(kBlockSquares * kBlockSteps / deep, 1);
  const Packed a = NewPacked(2 * high * deep);
  alignas(64) float sums[2][kSquare * kSquare];
  Square before = {sums[1], of.a.rows, 0, true, true};  // beyond the rows, so that nothing becomes of it
  for (int64_t block = top; block < bottom; block += high)
    for (int64_t step = 0; step < steps; step += deep) {
      const int64_t down = std::min(high, bottom - block), some = std::min(deep, steps - step);
      const int64_t aNext = some * kParts * kTile, bNext = steps * kParts * kTile;
      Pack<false, false>(of.a, 2 * block, 2 * down, step, some, a.get());
      for (int64_t columns = left; columns < right; columns += kAcross)
        for (int64_t r = 0; r < down; r++)
          for (int64_t c = columns; c < std::min(columns + kAcross, right); c++) {
            float* made = before.sums == sums[0] ? sums[1] : sums[0];
            SumSquare(a.get() + 2 * r * aNext, aNext, b + 2 * (c - left) * bNext + step * kParts * kTile, bNext, some, made, [&](int64_t row) WITH_TILES { use(of, before, row); });
            before = {made, (block + r) * kSquare, c * kSquare, step == 0, step + some == steps};
          }
    }
  for (int64_t row = 0; row < kSquare; row++) use(of, before, row);
  Release();
}

template <Use use, bool bTurned>
void Multiply(const Product& of) {
  const int64_t rows = of.a.squares(), columns = of.b.squares(), steps = of.b.steps();
  const int64_t most = std::min(std::max(kPackedTiles / (2 * steps), kAcross), columns);
  const Packed b = NewPacked(2 * most * steps);
  for (int64_t left = 0; left < columns; left += most) {
    const int64_t right = std::min(left + most, columns);
    InPieces(2 * (right - left), 4, [&](int64_t from, int64_t to, int64_t) { Pack<bTurned, true>(of.b, 2 * left + from, to - from, 0, steps, b.get() + from * steps * kParts * kTile); });
    InPieces(rows, 1, [&](int64_t from, int64_t to, int64_t) { MultiplyRows<use>(of, b.get(), from, to, left, right); });
  }
}

/** x w + bias, of x (N, in), w (in, out) and bias (out). */
template <bool relu>
void ComputeLinear(void*, TF_OpKernelContext* context) {
  enum Input { kX, kW, kBias, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t N = call.dim(kX, 0), in = call.dim(kX, 1), out = call.dim(kW, 1);
  if (in == 0 || call.dim(kW, 0) != in || call.size(kBias) != out) return call.Refuse("Linear: the inputs do not fit each other");
  float* made = call.out(0, {N, out});
  if (made != nullptr && N * out > 0) Multiply<Place, true>({{call.in(kX), N, in, false}, {call.in(kW), out, in, true}, call.in(kBias), relu, made});
}

/** Σ exp(h · e) over the rows e of the embedding (V, E), for each state h, (N, E) → (N, 1). */
void ComputeSumExp(void*, TF_OpKernelContext* context) {
  enum Input { kStates, kEmbedding, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t N = call.dim(kStates, 0), E = call.dim(kStates, 1), V = call.dim(kEmbedding, 0);
  if (E == 0 || call.dim(kEmbedding, 1) != E) return call.Refuse("SumExpOfLogits: the inputs do not fit each other");
  float* sums = call.out(0, {N, 1});
  if (sums == nullptr) return;
  std::vector<float> lanes(N * kRows);
  if (N * V > 0) Multiply<AddExp, false>({{call.in(kStates), N, E, false}, {call.in(kEmbedding), V, E, false}, nullptr, false, lanes.data()});
  for (int64_t row = 0; row < N; row++) sums[row] = Sum(kRows, [x = lanes.data() + row * kRows](int64_t l) { return x[l]; });
}

/** Whether the processor has tiles and what goes with them, and the system lets this process use them. */
bool HasTiles() {
  unsigned a, b, c, d, more;
  if (!__get_cpuid_count(7, 1, &more, &b, &c, &d) || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  const bool amx = (d >> 22 & 1) && (d >> 24 & 1), avx512 = (b >> 16 & 1) && (b >> 30 & 1) && (b >> 31 & 1) && (more >> 5 & 1);
  constexpr int kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return amx && avx512 && syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}

__attribute__((constructor)) void Register() {
  if (!HasTiles()) return;
  Define("GardenpathLinear", {"x: float", "w: float", "bias: float"}, {"y: float"}, ComputeLinear<false>);
  Define("GardenpathLinearRelu", {"x: float", "w: float", "bias: float"}, {"y: float"}, ComputeLinear<true>);
  Define("GardenpathSumExpOfLogits", {"states: float", "embedding: float"}, {"sums: float"}, ComputeSumExp);
}

}  // namespace
#endif
