"""Golden figures for the model and its training, from `transformers` and PyTorch in float64.

Usage: python3 test/golden/generate.py        (needs torch, transformers, safetensors)

Writes test/fixtures/golden/<case>/: the model as `transformers` saves it; golden.json with batches, logits,
loss, gradient norms, learning rates; gradients.safetensors; after-<decay>.safetensors, the parameters after ten
steps of AdamW with linear warm-up and decay and clipping. Cases: `pre` is a pre-LN OPT, `post` a post-LN one with
word_embed_proj_dim != hidden_size (as opt-350m), `constant` is `pre` with a constant rate after warm-up, other betas and no decay.
"""

import json
import os
import shutil

import torch
import transformers
from safetensors.torch import save_file
from transformers import OPTConfig, OPTForCausalLM, get_scheduler

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "fixtures", "golden")
STEPS, ROWS, TOKENS, VOCAB = 10, 4, 10, 61

SHAPE = dict(
    vocab_size=VOCAB, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, ffn_dim=32,
    max_position_embeddings=12, dropout=0.0, attention_dropout=0.0, layerdrop=0.0,
    pad_token_id=1, bos_token_id=2, eos_token_id=2,
)
TRAINING = dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
CASES = {
    "pre": dict(model=dict(do_layer_norm_before=True, word_embed_proj_dim=16), schedule="linear"),
    "post": dict(model=dict(do_layer_norm_before=False, word_embed_proj_dim=8), schedule="linear"),
    "constant": dict(
        model=dict(do_layer_norm_before=True, word_embed_proj_dim=16),
        schedule="constant_with_warmup", training=dict(betas=(0.8, 0.95), eps=1e-6, weight_decay=0.0),
    ),
}
CLIP, WARMUP = 0.5, 3


def new_model(settings):
    """Away from the initial N(0, 0.02), where attention is nearly uniform and tests would be blind to it."""
    torch.manual_seed(7)
    model = OPTForCausalLM(OPTConfig(**SHAPE, **settings)).float()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.2)
    return model


def parameters(model):
    return {n.removeprefix("model.decoder."): p for n, p in model.named_parameters() if n != "lm_head.weight"}


def decayed(model, on):
    """Parameter groups: decay on everything, or on matrices only."""
    ps = list(model.parameters())
    if on == "everything":
        return [dict(params=ps)]
    return [dict(params=[p for p in ps if p.ndim > 1]), dict(params=[p for p in ps if p.ndim < 2], weight_decay=0.0)]


def train(folder, case, on):
    model = OPTForCausalLM.from_pretrained(folder, attn_implementation="eager").double().train()
    settings = {**TRAINING, **case.get("training", {})}
    optimizer = torch.optim.AdamW(decayed(model, on), **settings)
    scheduler = get_scheduler(case["schedule"], optimizer, num_warmup_steps=WARMUP, num_training_steps=STEPS)
    log = dict(losses=[], norms=[], rates=[])
    first = None
    for ids in batches():
        optimizer.zero_grad()
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        if first is None:
            first = {n: p.grad.float().clone() for n, p in parameters(model).items()}
        log["losses"].append(loss.item())
        log["rates"].append(scheduler.get_last_lr()[0])
        log["norms"].append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
        scheduler.step()
    return log, first, {n: p.detach().float().contiguous() for n, p in parameters(model).items()}


def batches():
    torch.manual_seed(11)
    return [torch.randint(2, VOCAB, (ROWS, TOKENS)) for _ in range(STEPS)]


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    for name, case in CASES.items():
        folder = os.path.join(OUT, name)
        new_model(case["model"]).save_pretrained(folder)
        os.chmod(os.path.join(folder, "model.safetensors"), 0o644)
        os.remove(os.path.join(folder, "generation_config.json"))
        model = OPTForCausalLM.from_pretrained(folder, attn_implementation="eager").double().eval()
        ids = batches()[0]
        with torch.no_grad():
            logits = model(input_ids=ids).logits
        golden = dict(
            made_with=f"torch {torch.__version__}, transformers {transformers.__version__}, float64",
            training=dict(**{**TRAINING, **case.get("training", {})}, clip=CLIP, warmup=WARMUP, schedule=case["schedule"]),
            batches=[b.tolist() for b in batches()],
            logits=[round(x, 9) for x in logits.flatten().tolist()],
        )
        decays = ["everything", "matrices"] if name != "constant" else ["everything"]
        for on in decays:
            log, gradients, after = train(folder, case, on)
            golden[on] = log
            save_file(after, os.path.join(folder, f"after-{on}.safetensors"))
        save_file(gradients, os.path.join(folder, "gradients.safetensors"))
        with open(os.path.join(folder, "golden.json"), "w") as f:
            json.dump(golden, f, indent=None, separators=(",", ":"))
            f.write("\n")


main()
