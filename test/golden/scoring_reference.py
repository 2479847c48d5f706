"""Golden sentence scores: what transformers, minicons and lm-eval give for two small OPTs.

Usage: python3 test/golden/scoring_reference.py
Needs torch==2.15.0 transformers==5.24.0 minicons==0.3.39 lm-eval==0.4.13 (other versions should agree).

Writes test/fixtures/scoring/<case>/: model and tokenizer as transformers saves them, and scores.json. Cases: `bos`,
a pre-LN OPT whose tokenizer puts </s> in front by itself, as OPT's does; `plain`, a post-LN OPT with
word_embed_proj_dim != hidden_size, whose tokenizer adds nothing, as GPT-2's does.
"""

import json
import os
import shutil
from types import SimpleNamespace

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import lm_eval
import minicons
import torch
import transformers
from importlib.metadata import version
from lm_eval.models.huggingface import HFLM
from minicons.scorer import IncrementalLMScorer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, OPTConfig, OPTForCausalLM, PreTrainedTokenizerFast

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "fixtures", "scoring")
EOS = 2

# Pairs written for this project; among them a repeated sentence, one that begins another, a single
# word, a pair of two equal sentences, and characters outside ASCII.
PAIRS = [
    ("The cats sleep.", "The cats sleeps."),
    ("The cat near the dogs sleeps.", "The cat near the dogs sleep."),
    ("The cat that the dogs chase sleeps.", "The cat that the dogs chase sleep."),
    ("The cats sleep.", "The cats sleep"),
    ("Mary hurt herself.", "Mary hurt himself."),
    ("Mary's brother hurt himself.", "Mary's brother hurt herself."),
    ("No student has ever left.", "Some student has ever left."),
    ("Every student who has ever left was tired.", "Every student who has left was ever tired."),
    ("What did the teacher read?", "What did the teacher read the book?"),
    ("Who did you say that you saw?", "Who did you say that you saw him?"),
    ("These books aren't old.", "This books aren't old."),
    ("There are many birds in the tree.", "There are every birds in the tree."),
    ("The café's guests don't pay €3.50, do they?", "The café's guest don't pay €3.50, do they?"),
    ("Go!", "Went!"),
    ("John likes tea and Mary coffee.", "John likes tea and Mary coffee."),
    ("I think (and so do you) that it rains.", "I think (and so does you) that it rains."),
]
SENTENCES = [s for pair in PAIRS for s in pair]


def new_tokenizer(folder, adds_eos):
    t = Tokenizer(models.BPE(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(
        [s for s in SENTENCES for s in (s, s.lower())] * 3,
        trainers.BpeTrainer(
            vocab_size=360, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], show_progress=False,
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        ),
    )
    if adds_eos:
        t.post_processor = processors.TemplateProcessing(
            single="</s> $A", pair="</s> $A </s> $B", special_tokens=[("</s>", EOS)]
        )
    PreTrainedTokenizerFast(
        tokenizer_object=t, bos_token="</s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    ).save_pretrained(folder)
    return t.get_vocab_size()


def new_model(folder, vocab_size, **settings):
    torch.manual_seed(5)
    config = OPTConfig(
        vocab_size=vocab_size, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=48,
        max_position_embeddings=40, dropout=0.0, attention_dropout=0.0, pad_token_id=1, bos_token_id=EOS,
        eos_token_id=EOS, **settings,
    )
    model = OPTForCausalLM(config).float()
    with torch.no_grad():  # away from the initial state, in which all tokens are about equally probable
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.15)
    model.save_pretrained(folder)
    os.chmod(os.path.join(folder, "model.safetensors"), 0o644)
    os.remove(os.path.join(folder, "generation_config.json"))


def token_log_probs(model, ids):
    """log P(ids[t] | ids[<t]) for t >= 1, one sentence at a time, in the model's own precision."""
    x = torch.tensor([ids])
    with torch.no_grad():
        logits = model(input_ids=x, use_cache=False).logits[0, :-1]
    return torch.log_softmax(logits, -1).gather(-1, x[0, 1:, None])[:, 0].tolist()


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    for case, adds_eos, settings in [
        ("bos", True, dict(do_layer_norm_before=True, word_embed_proj_dim=32)),
        ("plain", False, dict(do_layer_norm_before=False, word_embed_proj_dim=24)),
    ]:
        folder = os.path.join(OUT, case)
        new_model(folder, new_tokenizer(folder, adds_eos), **settings)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        single = OPTForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
        # sdpa: the eager attention takes its softmax in float32 even in a float64 model
        double = OPTForCausalLM.from_pretrained(folder, attn_implementation="sdpa").double().eval()
        assert (tokenizer("Go!").input_ids[0] == EOS) == adds_eos

        plain = [tokenizer(s, add_special_tokens=False).input_ids for s in SENTENCES]
        special = [tokenizer(s).input_ids for s in SENTENCES]
        scorer = IncrementalLMScorer(single, "cpu", tokenizer=tokenizer)
        harness = HFLM(pretrained=single, tokenizer=tokenizer, batch_size=4)
        requests = [SimpleNamespace(args=("", " " + s)) for s in SENTENCES]
        scores = dict(
            made_with={p: version(p) for p in ["torch", "transformers", "minicons", "lm-eval"]},
            sentences=SENTENCES,
            # the reference of all: float64, </s> in front, all of the sentence's own tokens
            ids=[[EOS, *ids] for ids in plain],
            token_log_probs=[token_log_probs(double, [EOS, *ids]) for ids in plain],
            # a plain transformers script in float32
            transformers=[sum(token_log_probs(single, [EOS, *ids])) for ids in plain],
            minicons=scorer.sequence_score(SENTENCES),
            lm_eval=[score for score, _ in harness.loglikelihood(requests, disable_tqdm=True)],
            # evaluation-pipeline-2025, sentence_zero_shot: tokenizer(sentence), every target but special tokens
            babylm=[sum(token_log_probs(single, ids)) for ids in special],
        )
        with open(os.path.join(folder, "scores.json"), "w") as f:
            json.dump(scores, f, ensure_ascii=False, indent=1)
            f.write("\n")
        print(case, {k: scores[k][0] for k in ["transformers", "minicons", "lm_eval", "babylm"]})


main()
