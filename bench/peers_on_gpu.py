"""What would be run instead of us, on a graphics card: PyTorch's training, and minicons, lm-eval and a careful script on
BLiMP. Prints one JSON line, as the peers' scripts do for the CPU; PEERS names their folder, set up as they say.

  peers_on_gpu.py train --model tiny|base --batch 32 --mode eager|sdpa|compile|graphs|bf16|bf16-compile|bf16-graphs [--seconds 10]
  peers_on_gpu.py score --model tiny|base --method minicons|lmeval|plain [--batch 256] [--per-class 100]
"""
import os

os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("GARDENPATH_CARD", "0")  # the peers' common module would hide it

import argparse
import contextlib
import json
import statistics
import sys
import time

sys.path.insert(0, os.environ["PEERS"])
import common
import numpy as np
import torch

parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["train", "score"])
parser.add_argument("--model", default="tiny")
parser.add_argument("--batch", type=int)
parser.add_argument("--seq", type=int, default=128)
parser.add_argument("--mode", default="sdpa")
parser.add_argument("--seconds", type=float, default=10)
parser.add_argument("--method", default="plain")
parser.add_argument("--per-class", type=int)
asked = parser.parse_args()

WARM_UP_STEPS = 20
# PyTorch's default, and ours: float32 is float32, not TensorFloat-32.
torch.backends.cuda.matmul.allow_tf32 = False
model = common.load_model(asked.model, attn="eager" if asked.mode == "eager" else "sdpa").cuda()


def train():
    B, T = asked.batch, asked.seq
    torch.manual_seed(0)
    model.train()
    adamw = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, fused=True)
    forward = model
    if "compile" in asked.mode:
        forward = torch.compile(model)
    elif "graphs" in asked.mode:
        forward = torch.compile(model, mode="reduce-overhead")
    autocast = contextlib.nullcontext
    if asked.mode.startswith("bf16"):
        autocast = lambda: torch.autocast("cuda", dtype=torch.bfloat16)
    stream = np.load(f"{common.ROOT}/data/stream_u16.npy")
    batches = len(stream) // (B * T)

    def step(k):
        k %= batches
        ids = torch.from_numpy(stream[k * B * T : (k + 1) * B * T].astype(np.int64).reshape(B, T)).cuda()
        adamw.zero_grad(set_to_none=True)
        with autocast():
            loss = forward(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        return loss.item()  # waits for the card

    losses, seconds, warm, k = [], [], 0.0, 0
    while len(seconds) < 5 or time.perf_counter() - warm < asked.seconds:
        began = time.perf_counter()
        loss = step(k)
        k += 1
        if k <= 5:
            losses.append(loss)
        if k > WARM_UP_STEPS:
            seconds.append(time.perf_counter() - began)
        else:
            warm = time.perf_counter()
    return {
        "tok_s_median": round(B * T / statistics.median(seconds)),
        "ms_step_median": round(1000 * statistics.median(seconds), 2),
        "steps": len(seconds),
        "losses": losses,
    }


def minicons(pairs):
    from minicons import scorer

    lm = scorer.IncrementalLMScorer(model, "cuda", tokenizer=common.load_tokenizer())
    total = lambda logs: logs.sum(0).item()
    score = lambda texts: lm.sequence_score(texts, reduction=total, bos_token=True)
    made = [
        (score([good for _, _, good, _ in some]), score([bad for _, _, _, bad in some]))
        for some in (pairs[i : i + asked.batch] for i in range(0, len(pairs), asked.batch))
    ]
    return [x for good, _ in made for x in good], [x for _, bad in made for x in bad]


def lmeval(_pairs):
    from lm_eval import simple_evaluate
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    lm = HFLM(pretrained=model, tokenizer=common.load_tokenizer(), batch_size=asked.batch)
    tasks = TaskManager(include_path=f"{common.ROOT}/lmeval_tasks")
    made = simple_evaluate(model=lm, tasks=["lblimp"], limit=asked.per_class, task_manager=tasks, log_samples=True, bootstrap_iters=0)
    samples = [
        sample["filtered_resps"]
        for name in common.blimp_classes()
        for sample in sorted(made["samples"][f"lblimp_{name}"], key=lambda one: one["doc_id"])
    ]
    return [float(one[0][0]) for one in samples], [float(one[1][0]) for one in samples]


def plain(pairs):
    """Sentences by length, as many in a batch as fit, one copy to the card a batch and one back at the end."""
    tokenizer = common.load_tokenizer()
    texts = [text for _, _, good, bad in pairs for text in (good, bad)]
    ids = [[common.BOS] + one.ids for one in tokenizer.backend_tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    order = sorted(range(len(ids)), key=lambda k: len(ids[k]))
    scores = torch.empty(len(ids), dtype=torch.float64, device="cuda")
    for i in range(0, len(order), asked.batch):
        some = order[i : i + asked.batch]
        longest = len(ids[some[-1]])
        padded = np.ones((len(some), longest), dtype=np.int64)
        lengths = np.array([len(ids[k]) for k in some])
        for row, k in enumerate(some):
            padded[row, : len(ids[k])] = ids[k]
        x = torch.from_numpy(padded).cuda()
        real = torch.from_numpy(np.arange(1, longest)[None, :] < lengths[:, None]).cuda()
        # Padded on the right, and the attention is causal: no mask is needed.
        logs = torch.log_softmax(model(input_ids=x[:, :-1], use_cache=False).logits, -1)
        picked = logs.gather(-1, x[:, 1:, None]).squeeze(-1).double()
        scores[torch.tensor(some, device="cuda")] = (picked * real).sum(1)
    made = scores.cpu()
    return made[0::2].tolist(), made[1::2].tolist()


def score():
    torch.set_grad_enabled(False)
    model(input_ids=torch.full((4, 16), 2).cuda())  # its first kernels loaded
    pairs = common.load_blimp(asked.per_class)
    torch.cuda.synchronize()
    began = time.perf_counter()
    good, bad = {"minicons": minicons, "lmeval": lmeval, "plain": plain}[asked.method](pairs)
    seconds = time.perf_counter() - began
    right = sum(g > b for g, b in zip(good, bad)) / len(pairs)
    return {"pairs": len(pairs), "seconds": round(seconds, 2), "pairs_per_s": round(len(pairs) / seconds, 1), "acc": right}


made = train() if asked.what == "train" else score()
peak = {"peak_rss_MB": round(common.peak_rss_mb()), "peak_card_MB": round(torch.cuda.max_memory_reserved() / 2**20)}
print(json.dumps({**vars(asked), **made, **peak, "card": torch.cuda.get_device_name(), "torch": torch.__version__}))
