// What our own operations of TensorFlow are written with. They are compiled into the addon at set-up, on Linux, and
// registered when that is first loaded; the addon is never unloaded (`nodelete`).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <thread>
#include <type_traits>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

// A function compiled several times over, of which a processor runs the last it has the instructions for. (By name of a
// processor, `arch=`, only that very processor would.)
#if defined(__x86_64__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/** Into how many pieces of at least `least` the work on [0, n) is shared out: no more than there are processors. */
inline int64_t PiecesOf(int64_t n, int64_t least) {
  const int64_t processors = std::max(1u, std::thread::hardware_concurrency());
  return std::clamp<int64_t>(n / std::max<int64_t>(least, 1), 1, processors);
}

/** Calls `body(from, to, piece)` for those pieces, each on a thread, and waits for all; a thread costs some 20 µs. */
template <typename Body>
void InPieces(int64_t n, int64_t least, const Body& body) {
  const int64_t pieces = PiecesOf(n, least);
  std::vector<std::thread> others;
  for (int64_t p = 1; p < pieces; p++) others.emplace_back([&, p] { body(n * p / pieces, n * (p + 1) / pieces, p); });
  body(0, n / pieces, 0);
  for (std::thread& other : others) other.join();
}

/**
 * The sum of `term(0)` up to `term(n − 1)`, of many that run side by side: which lets the compiler use whichever width of
 * vectors a processor has.
 */
template <typename Term>
inline float Sum(int64_t n, const Term& term) {
  constexpr int kLanes = 32;
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int l = 0; l < kLanes; l++) lanes[l] += term(i + l);
  for (; i < n; i++) lanes[0] += term(i);
  float sum = 0;
  for (int l = 0; l < kLanes; l++) sum += lanes[l];
  return sum;
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
