"""Writes test/fixtures/tokenizer/reference.json: what Hugging Face's Python `tokenizers` learns and encodes.

pip install tokenizers==0.23.3; then, in the repository: python test/golden/tokenizer_reference.py
"""
import json
import pathlib

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "tokenizer"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
VOCAB_SIZE = 700

lines = (FOLDER / "lines.txt").read_text(encoding="utf-8").split("\n")[:-1]
tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=VOCAB_SIZE,
    special_tokens=SPECIAL,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
tokenizer.train_from_iterator(lines, trainer)
model = json.loads(tokenizer.to_str())["model"]
reference = {
    "vocabSize": VOCAB_SIZE,
    "merges": [" ".join(merge) for merge in model["merges"]],
    "ids": [encoding.ids for encoding in tokenizer.encode_batch(lines, add_special_tokens=False)],
}
(FOLDER / "reference.json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
