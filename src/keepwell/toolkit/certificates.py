"""The installation's own certificate authority and leaf, for servers nobody gave a certificate.

The leaf and its key are one file, so that a crash between two renames cannot part them. A leaf
lives at most 180 days and is replaced when fewer than 60 are left (security.md, "Numbers").
"""

import ipaddress
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAF_DAYS = 180
RENEW_DAYS = 60
AUTHORITY_DAYS = 3650
AUTHORITY_FILE = "ca.pem"
AUTHORITY_KEY_FILE = "ca.key"
LEAF_FILE = "server.pem"
_BACKDATED = timedelta(hours=1)  # a patient's telephone may be a little slow


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def key_pem(self) -> bytes:
        """Return the key as unencrypted PKCS#8."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def certificate_pem(self) -> bytes:
        """Return the certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make_authority(now: datetime) -> Identity:
    """Make a certificate authority that may sign leaves, nothing below (RFC 5280 4.2.1.9)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Keepwell installation {os.urandom(4).hex()}")]
    )
    certificate = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(certificate, key)


def make_leaf(authority: Identity, hosts: Sequence[str], now: datetime) -> Identity:
    """Make a server certificate for these host names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Keepwell")])
    issuer_key = authority.key.public_key()
    certificate = (
        _builder(name, authority.certificate.subject, key, now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_name_of(host) for host in hosts]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Identity(certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now - _BACKDATED + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name_of(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)


def days_left(certificate: x509.Certificate, now: datetime) -> int:
    """Return the whole days until the certificate expires; negative when it has."""
    return (certificate.not_valid_after_utc - now).days


def hosts_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the host names and addresses a certificate speaks for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(str(name.value) for name in names)


def read_certificate(path: Path) -> x509.Certificate:
    """Read the first certificate of a PEM file; OSError or ValueError when there is none."""
    return x509.load_pem_x509_certificates(path.read_bytes())[0]


def is_own(certificate: x509.Certificate, folder: Path) -> bool:
    """Tell whether the authority in this folder issued the certificate."""
    try:
        certificate.verify_directly_issued_by(read_certificate(folder / AUTHORITY_FILE))
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    return True


def keep_current(folder: Path, hosts: Iterable[str], now: datetime) -> bool:
    """Make or renew authority and leaf in this folder where due; tell whether the leaf is new."""
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = [host.strip("[]") for host in dict.fromkeys(hosts)]
    authority = _current_authority(folder, now)
    if not _leaf_is_due(folder, wanted, now):
        return False
    leaf = make_leaf(authority, wanted, now)
    _write(
        folder / LEAF_FILE, leaf.key_pem() + leaf.certificate_pem() + authority.certificate_pem()
    )
    return True


def _current_authority(folder: Path, now: datetime) -> Identity:
    """Read the authority, or make one when there is none, it is damaged or ends before its leaf."""
    found = _read_authority(folder)
    if found is not None and days_left(found.certificate, now) > LEAF_DAYS:
        return found
    authority = make_authority(now)
    _write(folder / AUTHORITY_KEY_FILE, authority.key_pem() + authority.certificate_pem())
    _write(folder / AUTHORITY_FILE, authority.certificate_pem())
    return authority


def _read_authority(folder: Path) -> Identity | None:
    try:
        pem = (folder / AUTHORITY_KEY_FILE).read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, password=None)
        public = read_certificate(folder / AUTHORITY_FILE)
    except (OSError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or public != certificate:
        return None
    return Identity(certificate, key)


def _leaf_is_due(folder: Path, hosts: Sequence[str], now: datetime) -> bool:
    try:
        leaf = read_certificate(folder / LEAF_FILE)
    except (OSError, ValueError):
        return True
    if hosts_of(leaf) != frozenset(hosts) or not is_own(leaf, folder):
        return True
    return days_left(leaf, now) < RENEW_DAYS or leaf.not_valid_before_utc > now


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole: readers see the old one or the new one, and only the owner may read."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
