// LayerNorm and its gradient as operations of TensorFlow, which has neither: of ordinary ones they are ten passes over
// memory each.
#include <cmath>

#include "operation.h"

namespace {

/** Numbers that a thread takes at least. */
constexpr int64_t kPiece = 1 << 16;

struct Norm {
  int64_t width;
  const float *x, *gain, *bias;
  float epsilon;
  float *y, *normed, *inverseDeviation;
};

FOR_EACH_PROCESSOR
void Normalise(int64_t from, int64_t to, Norm of) {
  const int64_t H = of.width;
  const float *gain = of.gain, *bias = of.bias;
  for (int64_t row = from; row < to; row++) {
    const float* x = of.x + row * H;
    float* __restrict normed = of.normed + row * H;
    float* __restrict y = of.y + row * H;
    const float mean = Sum(H, [=](int64_t c) { return x[c]; }) / H;
    const float variance = Sum(H, [=](int64_t c) { return (x[c] - mean) * (x[c] - mean); }) / H;
    const float inverse = 1 / std::sqrt(variance + of.epsilon);
    for (int64_t c = 0; c < H; c++) {
      normed[c] = (x[c] - mean) * inverse;
      y[c] = normed[c] * gain[c] + bias[c];
    }
    of.inverseDeviation[row] = inverse;
  }
}

struct Grad {
  int64_t width;
  const float *dy, *normed, *inverseDeviation, *gain;
  float* dx;
};

/** @param sums Σ dy · x̂ and Σ dy of each column, (2 · width), in double since there are thousands of rows */
FOR_EACH_PROCESSOR
void Back(int64_t from, int64_t to, Grad of, double* __restrict sums) {
  const int64_t H = of.width;
  const float* gain = of.gain;
  for (int64_t row = from; row < to; row++) {
    const float *dy = of.dy + row * H, *normed = of.normed + row * H;
    float* __restrict dx = of.dx + row * H;
    const float mean = Sum(H, [=](int64_t c) { return dy[c] * gain[c]; }) / H;
    const float along = Sum(H, [=](int64_t c) { return dy[c] * gain[c] * normed[c]; }) / H;
    const float inverse = of.inverseDeviation[row];
    for (int64_t c = 0; c < H; c++) dx[c] = (dy[c] * gain[c] - mean - normed[c] * along) * inverse;
    for (int64_t c = 0; c < H; c++) sums[c] += dy[c] * normed[c];
    for (int64_t c = 0; c < H; c++) sums[H + c] += dy[c];
  }
}

void LayerNorm(void*, TF_OpKernelContext* context) {
  enum Input { kX, kGain, kBias, kEpsilon, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t N = call.dim(kX, 0), H = call.dim(kX, 1);
  if (call.size(kGain) != H || call.size(kBias) != H || call.size(kEpsilon) != 1) return call.Refuse("LayerNorm: the inputs do not fit each other");
  Norm of = {H, call.in(kX), call.in(kGain), call.in(kBias), *call.in(kEpsilon), call.out(0, {N, H}), call.out(1, {N, H}), call.out(2, {N, 1})};
  if (call.ok()) InPieces(N, kPiece / std::max<int64_t>(H, 1), [&](int64_t from, int64_t to, int64_t) { Normalise(from, to, of); });
}

void LayerNormGrad(void*, TF_OpKernelContext* context) {
  enum Input { kDy, kNormed, kInverseDeviation, kGain, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t N = call.dim(kDy, 0), H = call.dim(kDy, 1);
  if (call.size(kNormed) != N * H || call.size(kInverseDeviation) != N || call.size(kGain) != H) return call.Refuse("LayerNormGrad: the inputs do not fit each other");
  const Grad of = {H, call.in(kDy), call.in(kNormed), call.in(kInverseDeviation), call.in(kGain), call.out(0, {N, H})};
  float *dGain = call.out(1, {H}), *dBias = call.out(2, {H});
  if (!call.ok()) return;
  const int64_t least = kPiece / std::max<int64_t>(H, 1), pieces = PiecesOf(N, least);
  std::vector<double> sums(pieces * 2 * H);
  InPieces(N, least, [&](int64_t from, int64_t to, int64_t piece) { Back(from, to, of, sums.data() + piece * 2 * H); });
  for (int64_t c = 0; c < H; c++) {
    double gain = 0, bias = 0;
    for (int64_t piece = 0; piece < pieces; piece++) {
      gain += sums[piece * 2 * H + c];
      bias += sums[piece * 2 * H + H + c];
    }
    dGain[c] = static_cast<float>(gain);
    dBias[c] = static_cast<float>(bias);
  }
}

__attribute__((constructor)) void Register() {
  Define("GardenpathLayerNorm", {"x: float", "gain: float", "bias: float", "epsilon: float"}, {"y: float", "normed: float", "inverse_deviation: float"}, LayerNorm);
  Define("GardenpathLayerNormGrad", {"dy: float", "normed: float", "inverse_deviation: float", "gain: float"}, {"dx: float", "d_gain: float", "d_bias: float"}, LayerNormGrad);
}

}  // namespace
