// Attention as operations of TensorFlow: its shares from its scores, and back, with mask, softmax and rounding in one pass;
// and all of it over a tree of tokens, each of which sees only the few before it on its path.
#include "operation.h"

namespace {

/** Numbers that a thread takes at least. */
constexpr int64_t kPiece = 1 << 15;

/** Rows of attention: T tokens to each of T tokens, with a mask (T, T) added that so many of these share. */
template <typename Number>
struct Attention {
  int64_t T, shareMask;
  const Number* scores;
  const float* mask;
  float* shares;
};

template <typename Number>
inline void SharesOfRow(int64_t row, const Attention<Number>& of) {
  const Number* x = of.scores + row * of.T;
  const float* mask = of.mask + (row / of.T / of.shareMask * of.T + row % of.T) * of.T;
  Softmax(of.T, [=](int64_t c) { return Read(x[c]) + mask[c]; }, of.shares + row * of.T);
}

FOR_EACH_PROCESSOR
void Shares(int64_t from, int64_t to, Attention<float> of) {
  for (int64_t row = from; row < to; row++) SharesOfRow(row, of);
}

FOR_EACH_PROCESSOR
void SharesTwice(int64_t from, int64_t to, Attention<Bfloat> of, Bfloat* __restrict rounded) {
  for (int64_t row = from; row < to; row++) {
    SharesOfRow(row, of);
    for (int64_t at = row * of.T; at < (row + 1) * of.T; at++) rounded[at] = Rounded(of.shares[at]);
  }
}

/** dx of shares = softmax(x): shares · (dshares − Σ shares · dshares), over each row. */
FOR_EACH_PROCESSOR
void Back(int64_t from, int64_t to, int64_t columns, const float* allShares, const Bfloat* allGiven, Bfloat* __restrict made) {
  for (int64_t row = from; row < to; row++) {
    const float* shares = allShares + row * columns;
    const Bfloat* given = allGiven + row * columns;
    const float along = Sum(columns, [=](int64_t c) { return shares[c] * Read(given[c]); });
    for (int64_t c = 0; c < columns; c++) made[row * columns + c] = Rounded(shares[c] * (Read(given[c]) - along));
  }
}

/** Scores (…, T, T) and a mask for each (T, T) of them, for all of them, or for as many in a row as there are heads. */
template <typename Number, typename Compute>
void ComputeShares(TF_OpKernelContext* context, const Compute& compute) {
  enum Input { kScores, kMask, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = call.shape(kScores);
  const int64_t T = shape.empty() ? 0 : shape.back(), rows = T == 0 ? 0 : call.size(kScores) / T;
  const int64_t squares = T == 0 ? 0 : rows / T, masks = T == 0 ? 0 : call.size(kMask) / (T * T);
  if (masks == 0 || squares * T != rows || masks * T * T != call.size(kMask) || squares % masks != 0) return call.Refuse("AttentionShares: the inputs do not fit each other");
  const Attention<Number> of = {T, squares / masks, call.in<Number>(kScores), call.in(kMask), call.out(0, shape)};
  if (call.ok()) compute(call, shape, rows, kPiece / T, of);
}

/** Queries, keys and values of N cells, (N, 3, heads, width), and up to which cell each is seen. */
struct Tree {
  int64_t heads, width;
  const float* qkv;
  const int32_t* ends;
};

/** Of cells `from` up to `to`; those before are gone through for the path that leads to the first. */
FOR_EACH_PROCESSOR
void AttendToPaths(int64_t from, int64_t to, Tree of, float* __restrict made) {
  const int64_t all = of.heads * of.width;
  std::vector<int64_t> path;
  std::vector<float> scores, shares;
  for (int64_t cell = 0; cell < to; cell++) {
    while (!path.empty() && of.ends[path.back()] <= cell) path.pop_back();
    path.push_back(cell);
    if (cell < from) continue;
    const int64_t seen = path.size();
    const int64_t padded = (seen + kLanes - 1) / kLanes * kLanes;  // whole vectors, with shares of 0
    scores.assign(padded, -std::numeric_limits<float>::infinity());
    shares.resize(padded);
    for (int64_t first = 0; first < all; first += of.width) {
      const float* query = of.qkv + 3 * all * cell + first;
      for (int64_t n = 0; n < seen; n++) {
        const float* key = of.qkv + 3 * all * path[n] + all + first;
        scores[n] = Sum(of.width, [=](int64_t c) { return query[c] * key[c]; });
      }
      Softmax(padded, [x = scores.data()](int64_t n) { return x[n]; }, shares.data());
      const float* values = of.qkv + 2 * all + first;
      int64_t c = 0;
      for (; c + kLanes <= of.width; c += kLanes) {
        float lanes[kLanes] = {};
        for (int64_t n = 0; n < seen; n++)
          for (int l = 0; l < kLanes; l++) lanes[l] += shares[n] * values[3 * all * path[n] + c + l];
        std::copy(lanes, lanes + kLanes, made + all * cell + first + c);
      }
      for (; c < of.width; c++) {
        float sum = 0;
        for (int64_t n = 0; n < seen; n++) sum += shares[n] * values[3 * all * path[n] + c];
        made[all * cell + first + c] = sum;
      }
    }
  }
}

void ComputeTree(void*, TF_OpKernelContext* context) {
  enum Input { kQkv, kEnds, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const int64_t cells = call.dim(kQkv, 0);
  const Tree of = {call.dim(kQkv, 2), call.dim(kQkv, 3), call.in(kQkv), call.in<int32_t>(kEnds)};
  if (call.dim(kQkv, 1) != 3 || call.size(kEnds) != cells) return call.Refuse("TreeAttention: the inputs do not fit each other");
  if (float* made = call.out(0, {cells, of.heads * of.width}))
    InPieces(cells, kPiece / std::max<int64_t>(of.heads * of.width, 1), [&](int64_t from, int64_t to, int64_t) { AttendToPaths(from, to, of, made); });
}

void ComputeFloats(void*, TF_OpKernelContext* context) {
  ComputeShares<float>(context, [](Call&, const std::vector<int64_t>&, int64_t rows, int64_t least, const Attention<float>& of) {
    InPieces(rows, least, [&](int64_t from, int64_t to, int64_t) { Shares(from, to, of); });
  });
}

void ComputeBfloats(void*, TF_OpKernelContext* context) {
  ComputeShares<Bfloat>(context, [](Call& call, const std::vector<int64_t>& shape, int64_t rows, int64_t least, const Attention<Bfloat>& of) {
    if (Bfloat* rounded = call.out<Bfloat>(1, shape))
      InPieces(rows, least, [&](int64_t from, int64_t to, int64_t) { SharesTwice(from, to, of, rounded); });
  });
}

void ComputeGrad(void*, TF_OpKernelContext* context) {
  enum Input { kShares, kGiven, kInputs };
  Call call(context, kInputs);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = call.shape(kShares);
  const int64_t T = shape.empty() ? 0 : shape.back(), rows = T == 0 ? 0 : call.size(kShares) / T;
  if (call.size(kGiven) != call.size(kShares)) return call.Refuse("AttentionSharesGrad: the inputs do not fit each other");
  if (Bfloat* made = call.out<Bfloat>(0, shape))
    InPieces(rows, kPiece / std::max<int64_t>(T, 1), [&](int64_t from, int64_t to, int64_t) { Back(from, to, T, call.in(kShares), call.in<Bfloat>(kGiven), made); });
}

__attribute__((constructor)) void Register() {
  Define("GardenpathShares", {"scores: float", "mask: float"}, {"shares: float"}, ComputeFloats);
  Define("GardenpathBfloatShares", {"scores: bfloat16", "mask: float"}, {"shares: float", "rounded: bfloat16"}, ComputeBfloats);
  Define("GardenpathBfloatSharesGrad", {"shares: float", "d_shares: bfloat16"}, {"d_scores: bfloat16"}, ComputeGrad);
  Define("GardenpathTreeAttention", {"qkv: float", "ends: int32"}, {"summed: float"}, ComputeTree);
}

}  // namespace
