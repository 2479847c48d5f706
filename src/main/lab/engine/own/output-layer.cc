// Two steps from a model's states to log-probabilities as operations of TensorFlow, whose own go through memory once for
// the exponentials, once for their sum, and copy each row that an edge needs.
#include "operation.h"

namespace {

/** Numbers of one kind or another that a thread takes at least. */
constexpr int64_t kPiece = 1 << 17;

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
