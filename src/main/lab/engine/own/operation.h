// What our own operations of TensorFlow are written with. They are compiled into the addon at set-up, on Linux, and
// registered when that is first loaded; the addon is never unloaded (`nodelete`).
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>

#include "pieces.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

// A function compiled several times over, of which a processor runs the last it has the instructions for. (By name of a
// processor, `arch=`, only that very processor would.)
#if defined(__x86_64__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

constexpr int kLanes = 32;

/**
 * The sum of `term(0)` up to `term(n − 1)`, of many that run side by side: which lets the compiler use whichever width of
 * vectors a processor has.
 */
template <typename Term>
inline float Sum(int64_t n, const Term& term) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int l = 0; l < kLanes; l++) lanes[l] += term(i + l);
  for (; i < n; i++) lanes[0] += term(i);
  float sum = 0;  // one by one: by halves, GCC 12 keeps the lanes in memory all along, which is far slower
  for (int l = 0; l < kLanes; l++) sum += lanes[l];
  return sum;
}

/** The largest of them, likewise; −∞ where there is none, and NaN is passed over. */
template <typename Term>
inline float Largest(int64_t n, const Term& term) {
  float lanes[kLanes];
  for (float& lane : lanes) lane = -std::numeric_limits<float>::infinity();
  const auto larger = [](float a, float b) { return b > a ? b : a; };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int l = 0; l < kLanes; l++) lanes[l] = larger(lanes[l], term(i + l));
  for (; i < n; i++) lanes[0] = larger(lanes[0], term(i));
  float largest = lanes[0];
  for (float lane : lanes) largest = larger(largest, lane);
  return largest;
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

/** The softmax of x (columns) into `shares`. */
template <typename Term>
inline void Softmax(int64_t columns, const Term& x, float* __restrict shares) {
  const float largest = Largest(columns, x);
  for (int64_t c = 0; c < columns; c++) shares[c] = Exp(x(c) - largest);
  const float inverse = 1 / Sum(columns, [=](int64_t c) { return shares[c]; });
  for (int64_t c = 0; c < columns; c++) shares[c] *= inverse;
}

/** A bfloat16: a float32 without the last 16 bits of its fraction. */
struct Bfloat {
  uint16_t bits;
};
inline float Read(Bfloat x) {
  const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  float number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}
inline float Read(float x) { return x; }
/** The nearest, of two the even one; NaN stays NaN. */
inline Bfloat Rounded(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const uint32_t nearest = bits + 0x7FFF + (bits >> 16 & 1);
  return {static_cast<uint16_t>((x != x ? bits | 0x400000 : nearest) >> 16)};
}

/** An operation at work. */
class Call {
 public:
  Call(TF_OpKernelContext* context, int inputs) : context_(context), inputs_(inputs) {
    for (int i = 0; i < inputs && ok(); i++) TF_GetInput(context, i, &inputs_[i], status_);
  }
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : inputs_)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  /** What is wrong with the inputs: the operation fails with it. */
  void Refuse(const char* why) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, why); }

  int64_t size(int input) const { return TF_TensorElementCount(inputs_[input]); }
  /** 1 for axes that the input does not have. */
  int64_t dim(int input, int axis) const { return axis < TF_NumDims(inputs_[input]) ? TF_Dim(inputs_[input], axis) : 1; }
  std::vector<int64_t> shape(int input) const {
    std::vector<int64_t> dims(TF_NumDims(inputs_[input]));
    for (size_t axis = 0; axis < dims.size(); axis++) dims[axis] = TF_Dim(inputs_[input], static_cast<int>(axis));
    return dims;
  }
  template <typename Number = float>
  const Number* in(int input) const {
    return static_cast<const Number*>(TF_TensorData(inputs_[input]));
  }
  /** Memory for an output of this shape; nullptr where there is none, and the operation has failed. */
  template <typename Number = float>
  Number* out(int output, const std::vector<int64_t>& shape) {
    int64_t size = sizeof(Number);
    for (int64_t dim : shape) size *= dim;
    const TF_DataType type = std::is_same<Number, Bfloat>::value ? TF_BFLOAT16 : TF_FLOAT;
    TF_Tensor* made = TF_AllocateOutput(context_, output, type, shape.data(), static_cast<int>(shape.size()), size, status_);
    if (!ok()) return nullptr;
    Number* data = static_cast<Number*>(TF_TensorData(made));
    TF_DeleteTensor(made);  // TensorFlow holds it too
    return data;
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_ = TF_NewStatus();
  std::vector<TF_Tensor*> inputs_;
};

using Arguments = std::initializer_list<const char*>;

/** Makes an operation known; `inputs` and `outputs` as TensorFlow writes them, "x: float". */
inline void Define(const char* name, Arguments inputs, Arguments outputs, void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  // What changes variables and gives nothing must not be left out.
  TF_OpDefinitionBuilderSetIsStateful(op, outputs.size() == 0);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
  TF_DeleteStatus(status);
}
