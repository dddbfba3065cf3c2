"""The bytes of tokens, joined, are what the tokenizer decodes."""

import unittest
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE, Unigram, WordLevel

from scripts.prepare_data.token_bytes import token_bytes

TEXTS = ["a b", " ab  c", "caf\u00e9 \U0001f600\n\tx", "1,234 = 5!", "don't <s> stop", ""]


def _byte_level() -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = {piece: index for index, piece in enumerate([*alphabet, "\u0120a", "ab"])}
    tokenizer = Tokenizer(BPE(pieces, [("\u0120", "a"), ("a", "b")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>"])
    tokenizer.add_tokens([AddedToken("!!", normalized=False)])
    return tokenizer


def _sentence_piece() -> Tokenizer:
    pieces = [("<unk>", 0.0), *((chr(code), -5.0) for code in range(33, 127)), ("\u2581", -2.0)]
    pieces += [("\u2581a", -1.0), ("ab", -1.0)]
    pieces += [(f"<0x{byte:02X}>", -9.0) for byte in range(256)]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=0, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    tokenizer.add_special_tokens(["<s>"])
    return tokenizer


class TokenBytesTest(unittest.TestCase):
    def _expect_texts(self, tokenizer: Tokenizer) -> None:
        found = token_bytes(tokenizer)
        assert found is not None
        self.assertEqual(len(found.of), tokenizer.get_vocab_size(with_added_tokens=True))
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            with self.subTest(text=text):
                self.assertEqual(found.text(ids).decode("utf-8"), tokenizer.decode(ids))

    def test_are_those_of_byte_level_bpe(self) -> None:
        self._expect_texts(_byte_level())

    def test_are_those_of_sentence_piece(self) -> None:
        self._expect_texts(_sentence_piece())

    def test_say_nothing_of_special_tokens(self) -> None:
        tokenizer = _byte_level()
        found = token_bytes(tokenizer)
        assert found is not None
        self.assertEqual(found.of[tokenizer.token_to_id("<s>")], b"")
        self.assertEqual(found.of[tokenizer.token_to_id("!!")], b"!!")

    def test_are_not_there_for_words(self) -> None:
        tokenizer = Tokenizer(WordLevel({"a": 0}, unk_token="a"))
        self.assertIsNone(token_bytes(tokenizer))
        tokenizer.decoder = decoders.WordPiece()
        self.assertIsNone(token_bytes(tokenizer))

    def test_are_those_of_a_real_tokenizer(self) -> None:
        folder = Path(__file__).parents[2] / "data" / "models" / "smollm2-135m"
        if not folder.is_dir():
            self.skipTest(f"{folder} is not prepared")
        self._expect_texts(Tokenizer.from_file(str(folder / "tokenizer.json")))


if __name__ == "__main__":
    unittest.main()
