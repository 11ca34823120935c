"""The page's modules are joined as a browser would load them; unknown forms are refused."""

import shutil
import subprocess

import pytest

from chalicelib.api import bundle, site


def named(name: str) -> str:
    return name.replace(".", "-1.")


def joined(files: dict[str, str]) -> dict[str, str]:
    return bundle.scripts(files, "main.js", named)


def test_modules_run_once_after_those_that_they_import(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here: no joined script is run")
    files = {
        "main.js": 'import { a } from "./a.js";\nimport { b as other } from "./b.js";\n'
        'console.log(a(), other);\nimport("./late.js").then((it) => console.log(it.LATE));\n',
        "a.js": 'import { b } from "./b.js";\n/** About a. */\nexport function a() {\n'
        "  // why\n  return `${b} // no comment`;\n}\nconst hidden = 1;\n",
        "b.js": 'console.log("once");\nexport const b = 2;\nconst hidden = 2;\n',
        "late.js": 'import { a } from "./a.js";\nimport { c } from "./c.js";\n'
        "export const LATE = a() + c;\n",
        "c.js": "export const c = 3;\n",
    }
    for name, text in joined(files).items():
        (tmp_path / named(name).replace(".js", ".mjs")).write_text(text.replace(".js", ".mjs"))
    ran = subprocess.run(
        [node, tmp_path / "main-1.mjs"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["once", "2 // no comment 2", "2 // no comment3"]


def test_comments_and_indentation_are_left_out():
    source = "/**\n * About this.\n */\nexport function a() {\n  // why\n  return 1; // one\n}\n"
    made = joined({"main.js": source})["main.js"]
    assert "About" not in made
    assert "why" not in made
    assert "\n  " not in made


@pytest.mark.parametrize(
    "source",
    [
        'import "./a.js";\n',
        'import all from "./a.js";\n',
        "export default 1;\n",
        "export let a = 1;\n",
        "const a = 1;\nexport { a };\n",
        "const a = `one\ntwo`;\n",
    ],
)
def test_a_form_that_is_not_known_is_refused(source):
    with pytest.raises(bundle.NotJoinable):
        joined({"main.js": source, "a.js": ""})


def test_modules_that_import_each_other_are_refused():
    with pytest.raises(bundle.NotJoinable, match=r"main\.js → a\.js → main\.js"):
        joined(
            {
                "main.js": 'import { a } from "./a.js";\nexport const m = 1;\n',
                "a.js": 'import { m } from "./main.js";\nexport const a = 1;\n',
            }
        )


def test_another_content_has_another_name_and_the_same_content_the_same():
    files = {"main.js": "", "starting.js": "", "page.css": "a{}", "parts.css": "b{}"}
    index = '<script src="assets/main.js">'
    one = site.made(files, index)
    assert one == site.made(dict(reversed(files.items())), index)
    other = site.made({**files, "parts.css": "c{}"}, index)
    assert set(one.assets) & set(other.assets) == set()
    assert all(one.index != made.index for made in (other,))
    (script,) = (name for name in one.assets if name.startswith("main"))
    assert one.index == f'<script src="assets/{script}">'
    assert next(text for name, text in one.assets.items() if name.endswith(".css")) == "a{}b{}"
