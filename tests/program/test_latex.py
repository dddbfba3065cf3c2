"""The committed LaTeX tables compile, fit the text of a page in one column, and are not shrunk."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import ROOT

PAGE = r"""\documentclass[10pt]{article}
\usepackage{booktabs,array}
\setlength{\textwidth}{5.5in}
\setlength{\textheight}{9in}
\begin{document}
%s
\end{document}
"""
POINTS = 2.0  # that a line may be too long: letters are measured by another font


class Latex(unittest.TestCase):
    """Tables of results/."""

    def test_none_is_shrunk(self) -> None:
        tables = sorted(ROOT.glob("results/**/*.tex"))
        self.assertGreater(len(tables), 20)
        for path in tables:
            text = path.read_text()
            self.assertNotIn("resizebox", text, path)
            self.assertIn("\\footnotesize", text, path)
            self.assertIn("\\caption{", text, path)
            self.assertIn("\\label{tab:", text, path)

    def test_all_compile_and_fit(self) -> None:
        latex = shutil.which("pdflatex")
        if latex is None:
            self.skipTest("NOT CHECKED: no pdflatex (Debian: texlive-latex-recommended)")
        tables = sorted(ROOT.glob("results/**/*.tex"))
        inputs = "\n".join(f"\\typeout{{TABLE {path}}}\\input{{{path}}}\\clearpage" for path in tables)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "all.tex").write_text(PAGE % inputs)
            done = subprocess.run(
                [latex, "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "all.tex"],
                cwd=folder,
                capture_output=True,
                text=True,
                errors="replace",
                env={"PATH": "/usr/bin:/bin", "max_print_line": "1000", "HOME": folder},
            )
        self.assertEqual(done.returncode, 0, done.stdout[-1500:])
        table = ""
        for line in done.stdout.splitlines():
            named = re.search(r"TABLE (\S+)", line)
            table = named[1] if named else table
            wide = re.search(r"Overfull \\hbox \(([\d.]+)pt too wide\)", line)
            if wide:
                self.assertLess(float(wide[1]), POINTS, f"{table}: {line}")


if __name__ == "__main__":
    unittest.main()
