// Two steps from a model's states to log-probabilities as operations of TensorFlow, whose own go through memory once for
// the exponentials, once for their sum, and copy each row that an edge needs. Compiled into the addon as adamw.cc is.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <vector>

#include "pieces.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace {

/** Numbers of one kind or another that a thread takes at least. */
constexpr int64_t kPiece = 1 << 17;

/** Sums that run side by side, which lets the compiler use whichever width of vectors a processor has. */
constexpr int kLanes = 32;

float SumOfLanes(const float* lanes) {
  float sum = 0;
  for (int l = 0; l < kLanes; l++) sum += lanes[l];
  return sum;
}

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
    float lanes[kLanes] = {};
    int64_t c = 0;
    for (; c + kLanes <= columns; c += kLanes)
      for (int l = 0; l < kLanes; l++) lanes[l] += Exp(x[c + l]);
    for (; c < columns; c++) lanes[0] += Exp(x[c]);
    sums[row] = SumOfLanes(lanes);
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
    float lanes[kLanes] = {};
    int64_t c = 0;
    for (; c + kLanes <= of.width; c += kLanes)
      for (int l = 0; l < kLanes; l++) lanes[l] += state[c + l] * token[c + l];
    for (; c < of.width; c++) lanes[0] += state[c] * token[c];
    nats[edge] = SumOfLanes(lanes) - of.logSums[of.rows[edge]];
  }
}

/** The inputs of an operation at work, and its one output. */
class Call {
 public:
  Call(TF_OpKernelContext* context, int inputs) : context_(context), inputs_(inputs) {
    for (int i = 0; i < inputs && ok(); i++) TF_GetInput(context, i, &inputs_[i], status_);
  }
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : inputs_)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
    if (output_ != nullptr) TF_DeleteTensor(output_);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  /** Of the input's two dimensions; of a vector the first is its length. */
  int64_t dim(int input, int axis) const { return axis < TF_NumDims(inputs_[input]) ? TF_Dim(inputs_[input], axis) : 1; }
  int64_t size(int input) const { return TF_TensorElementCount(inputs_[input]); }
  template <typename Number>
  const Number* data(int input) const {
    return static_cast<const Number*>(TF_TensorData(inputs_[input]));
  }
  /** (rows, 1), or nothing where that fails. */
  float* output(int64_t rows) {
    const int64_t shape[] = {rows, 1};
    output_ = TF_AllocateOutput(context_, 0, TF_FLOAT, shape, 2, rows * sizeof(float), status_);
    return ok() ? static_cast<float*>(TF_TensorData(output_)) : nullptr;
  }
  void refuse(const char* why) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, why); }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_ = TF_NewStatus();
  std::vector<TF_Tensor*> inputs_;
  TF_Tensor* output_ = nullptr;
};

void ComputeSumExp(void*, TF_OpKernelContext* context) {
  Call call(context, 1);
  if (!call.ok()) return;
  const int64_t rows = call.dim(0, 0), columns = call.dim(0, 1);
  if (float* sums = call.output(rows))
    InPieces(rows, columns == 0 ? rows : kPiece / columns, [&](int64_t from, int64_t to) { SumExp(from, to, columns, call.data<float>(0), sums); });
}

void ComputeEdgeLogProbs(void*, TF_OpKernelContext* context) {
  enum Input { kStates, kEmbedding, kLogSums, kRows, kTokens, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const Edges of = {call.dim(kStates, 1), call.data<float>(kStates), call.data<float>(kEmbedding), call.data<float>(kLogSums), call.data<int32_t>(kRows), call.data<int32_t>(kTokens)};
  const int64_t edges = call.size(kRows), states = call.dim(kStates, 0), tokens = call.dim(kEmbedding, 0);
  if (call.dim(kEmbedding, 1) != of.width || call.size(kLogSums) != states || call.size(kTokens) != edges) return call.refuse("EdgeLogProbs: the inputs do not fit each other");
  for (int64_t edge = 0; edge < edges; edge++)
    if (of.rows[edge] < 0 || of.rows[edge] >= states || of.tokens[edge] < 0 || of.tokens[edge] >= tokens) return call.refuse("EdgeLogProbs: there is no such state or token");
  if (float* nats = call.output(edges))
    InPieces(edges, of.width == 0 ? edges : kPiece / of.width, [&](int64_t from, int64_t to) { EdgeLogProbs(from, to, of, nats); });
}

void Define(const char* name, std::initializer_list<const char*> inputs, void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  TF_OpDefinitionBuilderAddOutput(op, "made: float");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
  TF_DeleteStatus(status);
}

__attribute__((constructor)) void Register() {
  Define("GardenpathSumExp", {"logits: float"}, ComputeSumExp);
  Define("GardenpathEdgeLogProbs", {"states: float", "embedding: float", "log_sums: float", "rows: int32", "tokens: int32"}, ComputeEdgeLogProbs);
}

}  // namespace
