"""Texts that become something else where they are read: a formula, markup, a path, a number."""

FORMULAS = (
    "=1+2",
    "+1+2",
    "-1+2",
    "@SUM(1;2)",
    "=cmd|'/C calc'!A0",
    '=DDE("cmd";"/C calc";"A0")',
    '=HYPERLINK("http://contoh.test/"&A1;"Klik")',
    "\uff1d1+2",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    "\u22121+2",
    "\ufe661+2",
    "\u207c1",
)
BEFORE = ("", " ", "\t", "\u00a0", "\ufeff", "\u200b", "\u3164", '"', '""', "'", "''", "\x1f")
SEPARATORS = (",", ";", "|", "\t", "\n", "\r\n", "\r", "\u2028", "\x85", "\x0b")

AS_FORMULAS = (
    *FORMULAS,
    *(f"{before}=1+2" for before in BEFORE),
    *(f"Jl. Mawar 1{separator}{formula}" for separator in SEPARATORS for formula in FORMULAS[:6]),
    *(f"Jl. Mawar 1;{formula}" for formula in FORMULAS),
    *(f"Jl. Mawar 1{separator}{before}=1" for separator in SEPARATORS for before in BEFORE),
    'a;=1;"=2;+3|@4\t=5\n=6',
    "=1;" * 300,
)
"""Texts that some spreadsheet runs under some separator."""

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "&lt;b&gt;&#0;&#x1F4A9;",
    "]]><x>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %>%s%n",
    "_x003D_1+2",
    "__import__('os').system('id')",
    "'; DROP TABLE enrollments; --",
    "$(id)`id`|id;id",
    "\\u003d\\x3d%3D%0d%0aSet-Cookie: a=b",
)
INVISIBLE = (
    "\u202eairaM",
    "\u2066Maria\u2069",
    "Ma\u200bria\u200d",
    "\u3164\u3164\u3164",
    "\u115f\u1160\uffa0",
    "M\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308ria",
    "\U000e0041\U000e0042",
    "\x00Maria\x00",
    "\x1b[31mMaria",
    "\ud7ff\ue000\ufffd",
)
PATHS = (
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "..%2f..%2f008%2fBPUM%2fa.csv",
    "%2e%2e/%2e%2e/a.csv",
    "/etc/passwd",
    "C:\\data\\a.csv",
    "a.csv\x00.exe",
    "a\r\nSet-Cookie: b=c",
    "${filename}",
    "....//....//a.csv",
    "\u2025/\u2025/a.csv",
    "a" * 255,
    ". . .",
    "con.csv",
    "<b>a</b>.csv",
    "=1+2.csv",
    "\u202evsc.a",
)
NUMBERS = (
    "7171015203900007",
    "7171 0152 0390 0007",
    "7171.0152.0390.0007",
    "7171/0152/0390/0007",
    "7171,0152,0390,0007",
    "7171-0152-0390-0007",
    "\uff17\uff11\uff17\uff11\uff10\uff11\uff15\uff12\uff10\uff13\uff19\uff10\uff10\uff10\uff10\uff17",
    "717101520390OOO7",
    "71710152 03900007",
    "7171  0152  0390  0007",
    "0812-3456-7890",
    "+62 812 3456 7890",
    "812.3456.7890",
    "(0812) 3456 7890",
)
"""A NIK or a phone in each spelling that a person may try."""

LINKS = (
    "bpum-cair.id",
    "Cairkan BPUM di bpum-cair.id/a",
    "Klik bit.ly/bpum26",
    "http://contoh.test",
    "https://contoh.test/a",
    "www.contoh.test",
    "contoh dot id",
    "hxxp:contoh",
    "a@contoh.test",
    "contoh\uff0eid",
    "contoh\u3002id",
    "contoh\u2024id",
    "WA 081234567890",
    "Hub 081 234 567 890",
    "A 717 101 010 170 000 5",
    "Hub \u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    "Hub \uff10\uff18\uff11\uff12\uff13\uff14",
    "Maria=1",
    "Maria?x",
    "Maria#1",
    "Maria:8080",
    "Maria_Contoh",
)
"""Names with which a message in our name would lead its reader elsewhere."""

TEXTS = (*AS_FORMULAS, *MARKUP, *INVISIBLE, *PATHS, *NUMBERS, *LINKS)
