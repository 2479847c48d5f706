// Two steps from a model's states to log-probabilities as operations of TensorFlow, whose own go through memory once for
// the exponentials, once for their sum, and copy each row that an edge needs.
#include <cstring>
#include <limits>

#include "operation.h"

namespace {

/** Numbers of one kind or another that a thread takes at least. */
constexpr int64_t kPiece = 1 << 17;

/**
 * eˣ to 2 units in the last place; infinite above 88.72, 0 below −87.33, NaN for NaN.
 * eˣ = 2ⁿ · eʳ, n = round(x / ln 2), ln 2 in two parts so that r is exact (Cody and Waite 1980), eʳ by Taylor's series,
 * whose next term is below 2⁻²⁵ for |r| ≤ ln 2 / 2. Without a branch or a call, which vectors do not have.
 */
inline float Exp(float x) {
  constexpr float most = 88.722839f, least = -87.336544f;
  constexpr float rounder = 12582912.f;  // 1.5 · 2²³: what is added to it is rounded to an integer, in its last bits
  const float low = x < least ? least : x;
  const float bounded = low > most ? most : low;
  const float shifted = bounded * 1.44269504088896341f + rounder;
  const float n = shifted - rounder;
  const float r = (bounded - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = r * (1.f / 5040) + 1.f / 720;
  p = p * r + 1.f / 120;
  p = p * r + 1.f / 24;
  p = p * r + 1.f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.f;
  p = p * r + 1.f;
  // 2ⁿ by the bits of the exponent, in two factors since n can be 128.
  int32_t whole;
  std::memcpy(&whole, &shifted, sizeof whole);
  whole -= 0x4B400000;
  const int32_t half = whole >> 1;
  const int32_t bits[] = {(half + 127) << 23, (whole - half + 127) << 23};
  float first, second;
  std::memcpy(&first, &bits[0], sizeof first);
  std::memcpy(&second, &bits[1], sizeof second);
  const float power = p * first * second;
  const float finite = x > most ? std::numeric_limits<float>::infinity() : power;
  return x < least ? 0 : finite;
}

FOR_EACH_PROCESSOR
void SumExp(int64_t from, int64_t to, int64_t columns, const float* logits, float* sums) {
  for (int64_t row = from; row < to; row++) {
    const float* x = logits + row * columns;
    sums[row] = Sum(columns, [=](int64_t c) { return Exp(x[c]); });
  }
}

struct Edges {
  int64_t width;
  const float *states, *embedding, *logSums;
  const int32_t *rows, *tokens;
};

FOR_EACH_PROCESSOR
void EdgeLogProbs(int64_t from, int64_t to, Edges of, float* nats) {
  for (int64_t edge = from; edge < to; edge++) {
    const float* state = of.states + of.rows[edge] * of.width;
    const float* token = of.embedding + of.tokens[edge] * of.width;
    nats[edge] = Sum(of.width, [=](int64_t c) { return state[c] * token[c]; }) - of.logSums[of.rows[edge]];
  }
}

void ComputeSumExp(void*, TF_OpKernelContext* context) {
  Call call(context, 1);
  if (!call.ok()) return;
  const int64_t rows = call.dim(0, 0), columns = call.dim(0, 1);
  if (float* sums = call.out(0, {rows, 1}))
    InPieces(rows, kPiece / std::max<int64_t>(columns, 1), [&](int64_t from, int64_t to, int64_t) { SumExp(from, to, columns, call.in(0), sums); });
}

void ComputeEdgeLogProbs(void*, TF_OpKernelContext* context) {
  enum Input { kStates, kEmbedding, kLogSums, kRows, kTokens, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const Edges of = {call.dim(kStates, 1), call.in(kStates), call.in(kEmbedding), call.in(kLogSums), call.in<int32_t>(kRows), call.in<int32_t>(kTokens)};
  const int64_t edges = call.size(kRows), states = call.dim(kStates, 0), tokens = call.dim(kEmbedding, 0);
  if (call.dim(kEmbedding, 1) != of.width || call.size(kLogSums) != states || call.size(kTokens) != edges) return call.Refuse("EdgeLogProbs: the inputs do not fit each other");
  for (int64_t edge = 0; edge < edges; edge++)
    if (of.rows[edge] < 0 || of.rows[edge] >= states || of.tokens[edge] < 0 || of.tokens[edge] >= tokens) return call.Refuse("EdgeLogProbs: there is no such state or token");
  if (float* nats = call.out(0, {edges, 1}))
    InPieces(edges, kPiece / std::max<int64_t>(of.width, 1), [&](int64_t from, int64_t to, int64_t) { EdgeLogProbs(from, to, of, nats); });
}

__attribute__((constructor)) void Register() {
  Define("GardenpathSumExp", {"logits: float"}, {"sums: float"}, ComputeSumExp);
  Define("GardenpathEdgeLogProbs", {"states: float", "embedding: float", "log_sums: float", "rows: int32", "tokens: int32"}, {"nats: float"}, ComputeEdgeLogProbs);
}

}  // namespace
