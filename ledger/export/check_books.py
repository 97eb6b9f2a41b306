"""Kiểm tra sổ đã kết xuất ở thư mục này. / Checks the exported books in this folder.

    python3 check_books.py [FOLDER]        Python 3.9 or newer, nothing else

Exit code 0: no fault; 1: faults, each with file and row. Amounts are whole minor units (đồng);
a balance is credits minus debits. The opening of a month is the closing of the month before:
compare the two balances.csv. Compare the head of the chain with the signed anchors, which are
kept elsewhere. Names, numbers and sides in accounts.csv are for people and are not checked.
"""

import collections, csv, hashlib, itertools, json, pathlib, re, sys

folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent
sys.stdout.reconfigure(errors="replace")
faults, count, place, link, vouchers, sealed = [], {}, 0, "0" * 64, {}, {}


def rows(name):  # each row with its place; a leading apostrophe only keeps formulas inert
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        for count[name], row in enumerate(itertools.islice(csv.reader(file), 1, None), start=1):
            yield (f"{name}:{count[name] + 1}", *(cell.removeprefix("'") for cell in row))


def check(holds, at, fault):
    if not holds:
        faults.append(f"{at}: {fault}")


# Each link follows from the one before; positions and voucher numbers have no gap.
for at, position, entry, year, voucher, digest, its_link in rows("chain.csv"):
    if place or position == "1":  # else it is the link before these days: there we begin
        numbers = (place + 1, vouchers.get(year, int(voucher) - 1) + 1)
        check((int(position), int(voucher)) == numbers, at, "thiếu số / a number is missing")
        text = f"{link}|{position}|{year}|{voucher}|{digest}".encode()
        check(its_link == hashlib.sha256(text).hexdigest(), at, "chuỗi bị đứt / chain broken")
    place, link, vouchers[year] = int(position), its_link, int(voucher)
    sealed[entry] = (year, voucher, digest)  # a link of other days has no entry number here

# Each entry balances and is what its digest was made from; no item falls below zero on the way.
held = collections.Counter({(row[1], row[2]): int(row[3]) for row in rows("balances.csv")})
posted = itertools.groupby(rows("postings.csv"), key=lambda row: row[1])
for at, entry, *head, extra, year, voucher, total, digest in rows("entries.csv"):
    head[6] = int(head[6]) if head[6] else None
    head += [json.loads(extra)] if extra else []
    text, debits, credits = [json.dumps(head, ensure_ascii=False, separators=(",", ":"))], 0, 0
    for its_place, owner, line, account, item, debit, credit in next(posted, (0, ()))[1]:
        text.append(f"{line}|{account}|{item}|{debit}|{credit}")
        debits, credits = debits + int(debit), credits + int(credit)
        held[account, item] += int(credit) - int(debit)
        # Which items are debits is told by the path: no digest covers accounts.csv.
        sign = -1 if re.match("(unallocated|overpayment|unexplained|claim)/", account) else 1
        check(item == "0" or held[account, item] * sign >= 0, its_place, "âm / below zero")
        check(owner == entry, its_place, f"không thuộc / not of {entry}")
    check(debits == credits == int(total), at, "Nợ khác Có / debits differ from credits")
    found = (year, voucher, digest, hashlib.sha256("\n".join(text).encode()).hexdigest())
    # Without a voucher number it is not yet in the chain.
    check(found == (*sealed.pop(entry, (year, "", digest)), digest), at, "sai dấu / wrong digest")
for at, account, item, _, closing in rows("balances.csv"):
    check(held.pop((account, item), None) == int(closing), at, "số dư khác / the balance differs")
faults += [f"thiếu / missing: {one}" for one in (*sealed, *held, *dict(posted)) if one]

print("Đã kiểm / checked:", count, "chuỗi / chain:", place, link)
sys.exit("\n".join((f"Lỗi / faults: {len(faults)}", *faults[:20])) if faults else 0)
