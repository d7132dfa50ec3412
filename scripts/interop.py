#!/usr/bin/env python3
"""Verifies `yizhan audit proof` without a line of Yizhan's code.

The tree is computed anew from the entries (RFC 9162, 2.1.1, by its recursive definition); paths and proofs are checked by 2.1.3.2 and
2.1.4.2; the checkpoint's note is taken apart by C2SP signed-note and its Ed25519 signature checked by OpenSSL. With pymerkle installed
its tree and its proofs are compared, too.
"""
import base64
import hashlib
import json
import subprocess
import sys
import tempfile

try:
    import warnings
    from pymerkle import InmemoryTree
    warnings.simplefilter("ignore")
except ImportError:
    InmemoryTree = None

binary, configuration = sys.argv[1:3]


def sha(data):
    return hashlib.sha256(data).digest()


def run(*arguments):
    return subprocess.run([binary, *arguments, "--config", configuration], check=True, capture_output=True).stdout


def root(leaves):
    """RFC 9162, 2.1.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def includes(leaf, index, size, path):
    """RFC 9162, 2.1.3.2: the root that the path leads to."""
    node, last, value = index, size - 1, leaf
    for sibling in path:
        assert last != 0
        if node & 1 or node == last:
            value = sha(b"\x01" + sibling + value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha(b"\x01" + value + sibling)
        node, last = node >> 1, last >> 1
    assert last == 0
    return value


def consistent(old, old_root, new, new_root, path):
    """RFC 9162, 2.1.4.2."""
    if old == new:
        return old_root == new_root and not path
    path = list(path)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    left = right = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            left, right = sha(b"\x01" + sibling + left), sha(b"\x01" + sibling + right)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            right = sha(b"\x01" + right + sibling)
        node, last = node >> 1, last >> 1
    return left == old_root and right == new_root and last == 0


def check_note(note, seed):
    """C2SP signed-note: the line of the origin's key, by OpenSSL."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin = text.split("\n")[0]
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/key", "wb") as file:
            file.write(bytes.fromhex("302e020100300506032b657004220420") + seed)
        openssl = ["openssl", "pkey", "-inform", "DER", "-in", f"{folder}/key", "-pubout"]
        public = subprocess.run([*openssl, "-outform", "DER"], check=True, capture_output=True).stdout[-32:]
        subprocess.run([*openssl, "-out", f"{folder}/public"], check=True, capture_output=True)
        key_id = sha(origin.encode() + b"\n\x01" + public)[:4]
        for line in signatures.rstrip("\n").split("\n"):
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if dash == "—" and name == origin and raw[:4] == key_id:
                with open(f"{folder}/text", "wb") as file:
                    file.write(text.encode())
                with open(f"{folder}/signature", "wb") as file:
                    file.write(raw[4:])
                verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", f"{folder}/public"]
                done = subprocess.run(
                    [*verify, "-in", f"{folder}/text", "-sigfile", f"{folder}/signature"], capture_output=True)
                return done.returncode == 0
    return False


def main():
    lines = run("audit", "export", "--format", "json").decode().rstrip("\n").split("\n")
    entries = {}
    for line in lines:
        # The stored bytes are between the two members that the export adds.
        text = line[len('{"entry":'):line.rindex(',"verifiedTo":')]
        entries[json.loads(text)["sequence"]] = text.encode()
    size = len(entries)
    assert sorted(entries) == list(range(size)), "the export has every entry once"
    leaves = [sha(b"\x00" + entries[index]) for index in range(size)]
    library = InmemoryTree(algorithm="sha256") if InmemoryTree else None
    if library:
        for index in range(size):
            library.append_entry(entries[index])

    folder = configuration.rsplit("/", 1)[0]
    with open(f"{folder}/keys/audit.key", "rb") as file:
        seed = file.read()
    for index in sorted({0, 1, size // 3, size // 2, size - 1}):
        proof = json.loads(run("audit", "proof", str(index)))
        path = [base64.b64decode(node, validate=True) for node in proof["path"]]
        stated = base64.b64decode(proof["root"])
        assert base64.b64decode(proof["leaf"]) == leaves[index], f"leaf {index}"
        assert includes(leaves[index], index, proof["size"], path) == stated, f"path of {index}"
        if proof["size"] <= size:
            assert root(leaves[:proof["size"]]) == stated, f"root of {proof['size']}"
            if library:
                theirs = library.prove_inclusion(index + 1, proof["size"]).serialize()["path"]
                assert [node.hex() for node in path] == theirs[1:], f"pymerkle's path of {index}"
                assert library.get_root(proof["size"]) == stated, "pymerkle's root"
        assert check_note(proof["checkpoint"], seed), "the checkpoint's signature"
        note = proof["checkpoint"].split("\n")
        assert note[1] == str(proof["size"]) and note[2] == proof["root"], "the checkpoint's text"
    for old, new in [(1, size), (size // 2, size), (size - 1, size), (size, size)]:
        proof = json.loads(run("audit", "proof", "--consistency", str(old), str(new)))
        path = [base64.b64decode(node, validate=True) for node in proof["path"]]
        roots = [base64.b64decode(proof[name]) for name in ("fromRoot", "toRoot")]
        assert roots == [root(leaves[:old]), root(leaves[:new])], f"roots of {old} and {new}"
        assert consistent(old, roots[0], new, roots[1], path), f"consistency of {old} and {new}"
    print(f"{configuration}: {size} entries; proofs, roots and checkpoints agree"
          + (" (pymerkle, too)" if library else " (pymerkle is not installed)"))


main()
