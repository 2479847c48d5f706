"""Golden scores of parts of sentences: what transformers gives in float64, tokens found by the tokenizer's own offsets.

Usage: python3 test/golden/parts_reference.py
Needs torch and transformers, and test/fixtures/scoring/ as scoring_reference.py wrote it.

Writes test/fixtures/scoring/<case>/parts.json. A part's score is the sum of log P(token | everything before it), with
</s> in front, over the tokens whose first character that is no white space lies in the part.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch
from transformers import AutoTokenizer, OPTForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "fixtures", "scoring")
EOS = 2

# method, good sentence with its parts in ⟦ ⟧, bad sentence with its parts
CASES = [
    ("one-prefix", "Mary hurt ⟦herself⟧.", "Mary hurt ⟦himself⟧."),
    ("one-prefix", "The cat near the dogs ⟦sleeps⟧.", "The cat near the dogs ⟦sleep⟧."),
    ("one-prefix", "These books ⟦aren't old⟧.", "These books ⟦isn't old⟧."),
    ("two-prefix", "These ⟦books⟧ aren't old.", "This ⟦books⟧ aren't old."),
    ("two-prefix", "No student has ⟦ever⟧ left.", "Some student has ⟦ever⟧ left."),
    ("two-prefix", "Who did you say that you ⟦saw?⟧", "What did you say that you did you ⟦saw?⟧"),
    ("region", "The cats ⟦sleep⟧ near ⟦the dogs.⟧", "The cat ⟦sleep⟧ near ⟦the dogs.⟧"),
    ("region", "⟦The café's⟧ guests don't pay ⟦€3.50⟧, do they?", "⟦The café's⟧ guest don't pay ⟦€3.50⟧, do they?"),
    ("conditional", "A: Who left?\n⟦B: The student left.⟧", "A: Who left?\n⟦B: The book left.⟧"),
    ("conditional", "Mary likes tea. ⟦John likes coffee.⟧", "Mary hurt the dogs. ⟦John likes coffee.⟧"),
]


def marked(text):
    sentence, parts = "", []
    for piece in text.replace("⟧", "⟦").split("⟦"):
        parts.append([len(sentence), len(sentence) + len(piece)])
        sentence += piece
    return sentence, parts[1::2]


def score(model, tokenizer, sentence, parts):
    read = tokenizer(sentence, add_special_tokens=False, return_offsets_mapping=True)
    ids = torch.tensor([[EOS, *read.input_ids]])
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits[0, :-1]
    log_probs = torch.log_softmax(logits, -1).gather(-1, ids[0, 1:, None])[:, 0].tolist()
    total, tokens = 0.0, []
    for t, (from_, to) in enumerate(read.offset_mapping):
        text = sentence[from_:to]
        first = from_ + len(text) - len(text.lstrip())
        # a token that is only white space belongs to what comes after it
        while first < len(sentence) and sentence[first].isspace():
            first += 1
        if any(a <= first < b for a, b in parts):
            total += log_probs[t]
            tokens.append(t + 1)
    return dict(sentence=sentence, parts=parts, tokens=tokens, log_prob=total)


def main():
    for case in ["bos", "plain"]:
        folder = os.path.join(OUT, case)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        # sdpa: the eager attention takes its softmax in float32 even in a float64 model
        model = OPTForCausalLM.from_pretrained(folder, attn_implementation="sdpa").double().eval()
        made = [
            dict(method=method, good=score(model, tokenizer, *marked(good)), bad=score(model, tokenizer, *marked(bad)))
            for method, good, bad in CASES
        ]
        with open(os.path.join(folder, "parts.json"), "w") as f:
            json.dump(made, f, ensure_ascii=False, indent=1)
            f.write("\n")
        print(case, [round(one["good"]["log_prob"] - one["bad"]["log_prob"], 3) for one in made])


main()
