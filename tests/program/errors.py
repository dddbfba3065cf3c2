"""What a user's mistake must look like: exit code 1, one line that names it, nothing written."""

from typing import Any

from .program import Done, Folder, Json, tiny_study


class Errors(Folder):
    """Assertions on calls that must be refused."""

    def assert_line(self, done: Done, *words: str) -> None:
        """One line on standard error that holds all `words`, and nothing else anywhere."""
        self.assertEqual((done.code, done.out), (1, ""), done.err)
        self.assertEqual((done.err.count("\n"), done.err[-1:]), (1, "\n"), done.err)
        for word in words:
            self.assertIn(word, done.err)
        self.assertNotIn("exception", done.err.lower())  # no library's own words

    def refuse(self, study: Json | str, *words: str, arguments: tuple[str, ...] = ()) -> None:
        """The study is refused before anything runs."""
        self.assert_line(self.run_study(study, *arguments), *words)  # type: ignore[arg-type]
        self.assert_nothing_written()

    def refuse_run(self, run: Json, *words: str, **members: Any) -> None:
        self.refuse(tiny_study(run, **members), *words)

    def assert_failure(self, done: Done, *words: str) -> None:
        """The study's one run failed: told at once and in the summary, in the same one line."""
        self.assertEqual(done.code, 1, done.err)
        self.assertIn("1 failed", done.out)
        told = [line for line in done.err.splitlines() if " step " not in line]
        at_once, summary = told
        self.assertEqual(at_once.partition("  failed: ")[::2], summary_parts(summary))
        for word in words:
            self.assertIn(word, summary)
        self.assertNotIn("exception", done.err.lower())


def summary_parts(line: str) -> tuple[str, str]:
    """("lora seed 0", message) of "failed: lora seed 0: message"."""
    name, _, message = line.removeprefix("failed: ").partition(": ")
    return name, message
