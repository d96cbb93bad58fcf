"""Throw-away certificates, made by openssl."""
import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *[str(word) for word in arguments]], check=True,
                   capture_output=True, timeout=60)


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """A CA in a folder of its own."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.certificate, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        openssl("req", "-x509", *NEW_KEY, "-subj", f"/CN={name}", "-days", 2,
                "-keyout", self.key, "-out", self.certificate)

    def issue(self, names, days=2):
        """(certificate, key) for names such as "DNS:localhost,IP:127.0.0.1"."""
        stem = f"{self.name}-{len(list(self.folder.iterdir()))}"
        certificate, key = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        request, extensions = self.folder / f"{stem}.csr", self.folder / f"{stem}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        openssl("req", *NEW_KEY, "-subj", "/CN=heptap test", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        return certificate, key
