"""The keys of all objects in the bucket.

    incoming/<bank>/<scheme or kind>/<file>        a bank's upload
    work/<batch>/header.json                       the file's own header
    work/<batch>/rows/<chunk>.jsonl.gz             the judged rows of a chunk
    work/<batch>/outcomes/<chunk>.jsonl.gz         their outcomes, line for line
    work/<batch>/informed                          there once the bank was informed of the file
    results/<bank>/<batch>/<name>                  a result file for the bank
    outreach/<bank>/<regency>.csv                  a list for field officers
    outreach/<bank>/jumlah-menurut-alasan.csv      how many people there are in them, by reason
    outreach/<bank>/people.json                    the NIKs of the people in a bank's lists
    access/<order>/order.json                      who wants to know who asked for whose data
    access/<order>/state.json                      how far the file of the order is
    access/<order>/akses.xlsx                      the file

No key holds a NIK, a phone or a name of a person.
"""

INCOMING = "incoming/"
RESULTS = "results/"
OUTREACH = "outreach/"
ACCESS = "access/"


def upload(bank: str, folder: str, file: str) -> str:
    """Return the key of an upload; `folder` is a scheme, or the folder of a kind of file."""
    return f"{INCOMING}{bank}/{folder}/{file}"


def header(batch: str) -> str:
    """Return the key of a file's own header."""
    return f"work/{batch}/header.json"


def rows_folder(batch: str) -> str:
    """Return the prefix of the keys of a file's row objects."""
    return f"work/{batch}/rows/"


def rows(batch: str, chunk: int) -> str:
    """Return the key of a chunk's rows."""
    return f"{rows_folder(batch)}{chunk:05d}.jsonl.gz"


def outcomes_folder(batch: str) -> str:
    """Return the prefix of the keys of a file's outcome objects."""
    return f"work/{batch}/outcomes/"


def outcomes(batch: str, chunk: int) -> str:
    """Return the key of a chunk's outcomes."""
    return f"{outcomes_folder(batch)}{chunk:05d}.jsonl.gz"


def informed(batch: str) -> str:
    """Return the key that marks that a bank was informed of a file."""
    return f"work/{batch}/informed"


def result(bank: str, batch: str, name: str) -> str:
    """Return the key of a result file; an empty name gives the prefix of all of them."""
    return f"{RESULTS}{bank}/{batch}/{name}"


def outreach_folder(bank: str) -> str:
    """Return the prefix of the keys of a bank's lists."""
    return f"{OUTREACH}{bank}/"


def outreach_people(bank: str) -> str:
    """Return the key of the NIKs of the people in a bank's lists."""
    return f"{outreach_folder(bank)}people.json"


def access_order(order: str) -> str:
    """Return the key of an order of a file about who asked for whose data."""
    return f"{ACCESS}{order}/order.json"


def access_state(order: str) -> str:
    """Return the key of how far the file of such an order is."""
    return f"{ACCESS}{order}/state.json"


def access_file(order: str) -> str:
    """Return the key of the file itself."""
    return f"{ACCESS}{order}/akses.xlsx"
