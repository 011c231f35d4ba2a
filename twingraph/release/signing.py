"""A signature over the checksums of a release, by OpenSSH: whoever has the public key knows that
nobody else wrote what they sum up.

    SHA256SUMS.sig    `ssh-keygen -Y sign -n twingraph` (OpenSSH 8.2, PROTOCOL.sshsig)

A signature of an Ed25519 key is the same each time, as the release is.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from twingraph.errors import UsageError
from twingraph.release.publish import CHECKSUMS, SIGNATURE

__all__ = ["SIGNATURE", "sign", "signature_faults"]

NAMESPACE: Final = "twingraph"
"""What the signature is for: one made for another purpose does not fit."""

_SIGNER: Final = "release"


def sign(folder: Path, key: Path) -> None:
    """Sign a release's checksums with a private key (or, by ssh-agent, with its public half).

    Raises UsageError where that fails.
    """
    (folder / SIGNATURE).unlink(missing_ok=True)
    if not key.is_file():
        raise UsageError(f"there is no key {key}: make one with ssh-keygen -t ed25519")
    done = _ssh_keygen("sign", "-q", "-f", str(key), "-n", NAMESPACE, str(folder / CHECKSUMS))
    if done.returncode or not (folder / SIGNATURE).is_file():
        raise UsageError(f"{CHECKSUMS} cannot be signed with {key}: {_said(done)}")


def signature_faults(release: Path, public_key: Path) -> Iterator[str]:
    """What is wrong with a release's signature, by the public key of who should have made it.

    Raises UsageError for a key that cannot be read.
    """
    try:
        key = public_key.read_text("utf-8").strip()
        checksums = (release / CHECKSUMS).read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{public_key} or {CHECKSUMS} cannot be read: {error}") from error
    if not (release / SIGNATURE).is_file():
        yield f"{SIGNATURE}: is missing"
        return
    with TemporaryDirectory() as folder:
        allowed = Path(folder) / "allowed_signers"
        allowed.write_text(f"{_SIGNER} {key}\n", "utf-8")
        done = _ssh_keygen(
            *("verify", "-f", str(allowed), "-I", _SIGNER, "-n", NAMESPACE),
            *("-s", str(release / SIGNATURE)),
            given=checksums,
        )
    if done.returncode:
        yield f"{SIGNATURE}: is not by {public_key.name} over {CHECKSUMS}: {_said(done)}"


def _ssh_keygen(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["ssh-keygen", "-Y", *arguments]
    try:
        return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise UsageError("ssh-keygen is not installed: it comes with OpenSSH's client") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError("ssh-keygen waits: a key with a passphrase needs ssh-agent") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    return said.splitlines()[-1] if said else f"ssh-keygen ended with {done.returncode}"
