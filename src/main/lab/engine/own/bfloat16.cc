// What a training step does to numbers in bfloat16 between its products, which TensorFlow does by way of float32: a pass
// over memory for each cast and for each step.
#include "operation.h"

namespace {

/** Numbers that a thread takes at least. */
constexpr int64_t kPiece = 1 << 17;

/** Rows summed in float32 before they are added to a sum in double. */
constexpr int64_t kBlock = 32;

/** The sums of columns, of which each piece of the rows has some. */
class ColumnSums {
 public:
  ColumnSums(int64_t rows, int64_t columns) : rows_(rows), columns_(columns), sums_(PiecesOf(rows, least()) * columns) {}

  /** Calls `block(from, to, sums)` for blocks of rows, to add these to `sums`, (columns), which are 0. */
  template <typename Block>
  void Add(const Block& block) {
    InPieces(rows_, least(), [&](int64_t from, int64_t to, int64_t piece) {
      std::vector<float> some(columns_);
      double* sums = sums_.data() + piece * columns_;
      for (int64_t row = from; row < to; row += kBlock) {
        std::fill(some.begin(), some.end(), 0.f);
        block(row, std::min(row + kBlock, to), some.data());
        for (int64_t c = 0; c < columns_; c++) sums[c] += some[c];
      }
    });
  }
  void Write(float* sums) const {
    for (int64_t c = 0; c < columns_; c++) {
      double sum = 0;
      for (size_t at = c; at < sums_.size(); at += columns_) sum += sums_[at];
      sums[c] = static_cast<float>(sum);
    }
  }

 private:
  int64_t least() const { return kPiece / std::max<int64_t>(columns_, 1); }
  int64_t rows_, columns_;
  std::vector<double> sums_;
};

FOR_EACH_PROCESSOR
void AddRows(int64_t from, int64_t to, int64_t columns, const Bfloat* x, float* __restrict sums) {
  for (int64_t row = from; row < to; row++)
    for (int64_t c = 0; c < columns; c++) sums[c] += Read(x[row * columns + c]);
}

/** The same of dx, which is dy where y is above 0, and 0 elsewhere. */
FOR_EACH_PROCESSOR
void AddReluGrad(int64_t from, int64_t to, int64_t columns, const Bfloat* dy, const Bfloat* y, Bfloat* __restrict dx, float* __restrict sums) {
  for (int64_t row = from; row < to; row++)
    for (int64_t c = 0; c < columns; c++) {
      const int64_t at = row * columns + c;
      const uint16_t passed = Read(y[at]) > 0 ? dy[at].bits : 0;
      dx[at].bits = passed;
      sums[c] += Read(Bfloat{passed});
    }
}

FOR_EACH_PROCESSOR
void SoftmaxOfRows(int64_t from, int64_t to, int64_t columns, const Bfloat* logits, float* __restrict shares, Bfloat* __restrict made) {
  for (int64_t row = from; row < to; row++) {
    const Bfloat* x = logits + row * columns;
    Softmax(columns, [=](int64_t c) { return Read(x[c]); }, shares);
    for (int64_t c = 0; c < columns; c++) made[row * columns + c] = Rounded(shares[c]);
  }
}

void ComputeSoftmax(void*, TF_OpKernelContext* context) {
  Call call(context, 1);
  if (!call.ok()) return;
  const int64_t rows = call.dim(0, 0), columns = call.dim(0, 1);
  if (Bfloat* made = call.out<Bfloat>(0, {rows, columns}))
    InPieces(rows, kPiece / 4 / std::max<int64_t>(columns, 1), [&](int64_t from, int64_t to, int64_t) {
      std::vector<float> shares(columns);
      SoftmaxOfRows(from, to, columns, call.in<Bfloat>(0), shares.data(), made);
    });
}

void ComputeColumnSums(void*, TF_OpKernelContext* context) {
  Call call(context, 1);
  if (!call.ok()) return;
  const int64_t rows = call.dim(0, 0), columns = call.dim(0, 1);
  float* made = call.out(0, {columns});
  if (!call.ok()) return;
  ColumnSums sums(rows, columns);
  sums.Add([&](int64_t from, int64_t to, float* some) { AddRows(from, to, columns, call.in<Bfloat>(0), some); });
  sums.Write(made);
}

void ComputeReluGrad(void*, TF_OpKernelContext* context) {
  enum Input { kDy, kY, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t rows = call.dim(kDy, 0), columns = call.dim(kDy, 1);
  if (call.size(kY) != rows * columns) return call.Refuse("ReluGrad: the inputs do not fit each other");
  Bfloat* dx = call.out<Bfloat>(0, {rows, columns});
  float* made = call.out(1, {columns});
  if (!call.ok()) return;
  ColumnSums sums(rows, columns);
  sums.Add([&](int64_t from, int64_t to, float* some) { AddReluGrad(from, to, columns, call.in<Bfloat>(kDy), call.in<Bfloat>(kY), dx, some); });
  sums.Write(made);
}

__attribute__((constructor)) void Register() {
  Define("GardenpathBfloatColumnSums", {"x: bfloat16"}, {"sums: float"}, ComputeColumnSums);
  Define("GardenpathBfloatSoftmax", {"logits: bfloat16"}, {"shares: bfloat16"}, ComputeSoftmax);
  Define("GardenpathBfloatReluGrad", {"dy: bfloat16", "y: bfloat16"}, {"dx: bfloat16", "column_sums: float"}, ComputeReluGrad);
}

}  // namespace
