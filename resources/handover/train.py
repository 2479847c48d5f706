"""Trains the run in this folder: its model, on its tokens, in its order, by its schedule.

    accelerate launch train.py                      # one process, or as `accelerate config` says
    accelerate launch --num_processes 4 train.py    # four GPUs; the batch is split between them
    accelerate launch train.py --precision bf16     # products in bfloat16, weights and optimiser in float32

Checkpoints are written to checkpoints/step-N on the run's grid. Where checkpoints/ holds a state that was saved
before, training goes on from it. Every step's loss is a line of checkpoints/losses.jsonl.
"""

import argparse
import json
import shutil
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from transformers import AutoConfig, OPTForCausalLM, get_scheduler

here = Path(__file__).resolve().parent
run = json.loads((here / "run.json").read_text(encoding="utf-8"))
training = run["training"]
total, rows, window = training["totalSteps"], training["batchWindows"], training["windowTokens"]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--precision", choices=["fp32", "bf16"], default=training["precision"])
parser.add_argument("--out", type=Path, default=here / "checkpoints")
parser.add_argument("--rows-at-once", type=int, help="windows in memory at a time in each process; fewer take less")
parser.add_argument("--until", type=int, default=total, help="stop after so many steps, keeping a state to go on from")
given = parser.parse_args()

accelerator = Accelerator(mixed_precision="bf16" if given.precision == "bf16" else "no")
processes, rank = accelerator.num_processes, accelerator.process_index
if rows % processes:
    parser.error(f"a batch of {rows} windows cannot be shared equally by {processes} processes")
set_seed(training["seed"])

# ---- the model: the run's own first weights where they were kept, else drawn here ----------------
if (here / "initial" / "model.safetensors").exists():
    model = OPTForCausalLM.from_pretrained(here / "initial", dtype=torch.float32)
else:
    model = OPTForCausalLM(AutoConfig.from_pretrained(here / "initial"))
model.train()
decayed = [p for p in model.parameters() if training["weightDecayOn"] == "everything" or p.ndim > 1]
others = [p for p in model.parameters() if not (training["weightDecayOn"] == "everything" or p.ndim > 1)]
optimizer = torch.optim.AdamW(
    [{"params": decayed, "weight_decay": training["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
    lr=training["learningRate"],
    betas=(training["beta1"], training["beta2"]),
    eps=training["epsilon"],
)
# Not prepared by accelerate, which would step it once for each process.
schedule = get_scheduler(
    "linear" if training["schedule"] == "linear" else "constant_with_warmup",
    optimizer,
    num_warmup_steps=training["warmupSteps"],
    num_training_steps=total,
)
model, optimizer = accelerator.prepare(model, optimizer)
accelerator.register_for_checkpointing(schedule)

# ---- the text: windows of tokens, and which window each row of each batch is ---------------------
tokens = np.memmap(here / "train.bin", dtype="<u2" if run["dtype"] == "uint16" else "<u4", mode="r")
order = np.memmap(here / "order.bin", dtype="<u4", mode="r").reshape(total, rows)


def batch(step: int) -> torch.Tensor:
    """This process's rows of the batch after `step` finished steps, (rows / processes, window)."""
    mine = order[step, rank::processes]
    return torch.from_numpy(np.stack([tokens[w * window : (w + 1) * window] for w in mine]).astype(np.int64))


# ---- checkpoints ---------------------------------------------------------------------------------
state = given.out / "state"


def save(step: int) -> None:
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        folder = given.out / f"step-{step}"
        accelerator.unwrap_model(model).save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(here / "initial" / name, folder / name)


def save_state(step: int) -> None:
    """What training goes on from; whole or not at all."""
    accelerator.wait_for_everyone()
    new = given.out / "state.new"
    accelerator.save_state(str(new), safe_serialization=False)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        (new / "step.json").write_text(json.dumps(step))
        shutil.rmtree(state, ignore_errors=True)
        new.rename(state)
    accelerator.wait_for_everyone()


# ---- training ------------------------------------------------------------------------------------
given.out.mkdir(parents=True, exist_ok=True)
first = 0
if (state / "step.json").exists():
    first = json.loads((state / "step.json").read_text())
    accelerator.load_state(str(state))
    accelerator.print(f"going on from step {first}")
else:
    save(0)

at_once = given.rows_at_once or rows // processes
for step in range(first, min(given.until, total)):
    began = time.perf_counter()
    mine = batch(step).to(accelerator.device)
    loss_sum = torch.zeros((), device=accelerator.device)
    pieces = mine.split(at_once)
    for n, piece in enumerate(pieces):
        share = len(piece) / len(mine)
        # Gradients are averaged over processes with the last piece only.
        with accelerator.no_sync(model) if n < len(pieces) - 1 else nullcontext():
            with accelerator.autocast():
                loss = model(input_ids=piece, labels=piece).loss * share
            accelerator.backward(loss)
        loss_sum += loss.detach()
    most = training["clipNorm"] or float("inf")
    norm = accelerator.clip_grad_norm_(model.parameters(), most)
    rate = schedule.get_last_lr()[0]
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()

    loss = accelerator.reduce(loss_sum, reduction="mean").item()
    if accelerator.is_main_process:
        seconds = time.perf_counter() - began
        line = dict(step=step + 1, lossNats=loss, learningRate=rate, gradientNorm=float(norm), tokensPerSecond=rows * window / seconds)
        with open(given.out / "losses.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    if step + 1 in run["checkpointSteps"]:
        save(step + 1)
        save_state(step + 1)
        accelerator.print(f"step {step + 1} of {total}, loss {loss:.3f}")
    elif step + 1 == given.until:
        save_state(step + 1)
accelerator.end_training()
