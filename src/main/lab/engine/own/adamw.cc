// AdamW (Loshchilov and Hutter 2019) of one variable as an operation of TensorFlow, whose own Adam goes through memory
// three times, and has neither decay nor a scale of its gradient.
#include <cmath>
#include <cstring>

#include "operation.h"
#include "tensorflow/c/kernels_experimental.h"

namespace {

/** Inputs in their order: three variables, a tensor of their shape, and scalars, all float32. */
enum Input { kTheta, kFirst, kSecond, kGradient, kScale, kShrink, kLearningRate, kBeta1, kBeta2, kBeta1Power, kBeta2Power, kEpsilon, kInputs };

/** What a piece of the variable is updated by. */
struct Rates {
  float scale, shrink, alpha, beta1, beta2, epsilon;
};

/** Numbers that one thread takes at least (8 MB). */
constexpr int64_t kPiece = 1 << 21;

FOR_EACH_PROCESSOR
void Update(int64_t n, float* __restrict theta, float* __restrict first, float* __restrict second, const float* __restrict gradient, Rates r) {
  for (int64_t i = 0; i < n; i++) {
    const float g = gradient[i] * r.scale;
    const float m = first[i] + (g - first[i]) * (1 - r.beta1);
    const float v = second[i] + (g * g - second[i]) * (1 - r.beta2);
    first[i] = m;
    second[i] = v;
    theta[i] = theta[i] * r.shrink - r.alpha * m / (std::sqrt(v) + r.epsilon);
  }
}

void UpdateAll(int64_t n, float* theta, float* first, float* second, const float* gradient, Rates rates) {
  InPieces(n, kPiece, [=](int64_t from, int64_t to, int64_t) {
    Update(to - from, theta + from, first + from, second + from, gradient + from, rates);
  });
}

/** TensorFlow copies a variable before it changes, where somebody still reads it. */
void Copy(TF_OpKernelContext*, TF_Tensor* source, TF_Tensor* destination) {
  std::memcpy(TF_TensorData(destination), TF_TensorData(source), TF_TensorByteSize(source));
}

void Compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  TF_Tensor* inputs[kInputs] = {};
  for (int i = 0; i < kInputs && TF_GetCode(status) == TF_OK; i++) {
    if (i < kGradient)
      TF_GetInputTensorFromVariable(context, i, /*lock_held=*/false, /*isVariantType=*/false, /*sparse=*/false, Copy, &inputs[i], status);
    else
      TF_GetInput(context, i, &inputs[i], status);
  }
  const auto isWrong = [&](int i) {
    return TF_TensorElementCount(inputs[i]) != (i <= kGradient ? TF_TensorElementCount(inputs[kTheta]) : 1);
  };
  for (int i = 0; i < kInputs && TF_GetCode(status) == TF_OK; i++)
    if (isWrong(i)) TF_SetStatus(status, TF_INVALID_ARGUMENT, "AdamW: the inputs differ in size");
  if (TF_GetCode(status) == TF_OK) {
    const auto numbers = [&](int i) { return static_cast<float*>(TF_TensorData(inputs[i])); };
    const float alpha = *numbers(kLearningRate) * std::sqrt(1 - *numbers(kBeta2Power)) / (1 - *numbers(kBeta1Power));
    UpdateAll(TF_TensorElementCount(inputs[kTheta]), numbers(kTheta), numbers(kFirst), numbers(kSecond), numbers(kGradient),
              {*numbers(kScale), *numbers(kShrink), alpha, *numbers(kBeta1), *numbers(kBeta2), *numbers(kEpsilon)});
  } else {
    TF_OpKernelContext_Failure(context, status);
  }
  for (TF_Tensor* input : inputs)
    if (input != nullptr) TF_DeleteTensor(input);
  TF_DeleteStatus(status);
}

__attribute__((constructor)) void Register() {
  Define("GardenpathAdamW",
         {"theta: resource", "first: resource", "second: resource", "gradient: float", "scale: float", "shrink: float", "learning_rate: float", "beta1: float", "beta2: float", "beta1_power: float", "beta2_power: float", "epsilon: float"},
         {}, Compute);
}

}  // namespace
