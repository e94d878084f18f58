"""A patient sends too much: nobody reads it, and the page says whom to call."""

from tests.remote import Remote, patient
from tests.serving import Demo

TOO_MUCH = b"a" * 2_300_000
KIND = "multipart/form-data; boundary=x"
TOO_MUCH_FOR_ANY = "99999999999"


def test_a_file_that_is_too_large_is_refused_with_the_clinic_on_the_page(demo: Demo) -> None:
    pat = patient(demo)
    since = len(demo.served.log.all())
    answer = Remote(demo.served).ask("POST", f"{pat.path}1/", TOO_MUCH, KIND)
    assert answer.status_code == 413
    assert "Riverside" in answer.text
    assert 'href="tel:' in answer.text
    assert "In an emergency call" in answer.text
    assert "A photo from a telephone often is that large" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    demo.served.log.wait_for('"body_large"', since=since)
    Remote(demo.served).ask("OPTIONS", "/the-end-of-this-test")
    demo.served.log.wait_for('"OPTIONS"', since=since)
    lines = demo.served.log.all()[since:]
    assert not [line for line in lines if '"event": "request"' in line and '"POST"' in line]
    assert not [line for line in lines if pat.token in line]


def test_what_is_too_large_for_an_unknown_link_names_nobody(demo: Demo) -> None:
    address = "/f/00000000000000000000000000/1/"
    answer = Remote(demo.served).ask("POST", address, TOO_MUCH, KIND)
    assert answer.status_code == 413
    assert "Riverside" not in answer.text
    assert "call the clinic that gave you this link" in answer.text


def test_a_host_that_is_not_ours_is_not_said_back(demo: Demo) -> None:
    pat = patient(demo)
    request = (
        f"POST {pat.path}1/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n"
        f"Content-Length: {TOO_MUCH_FOR_ANY}\r\n\r\n"
    )
    answer = demo.served.ask(request.encode())
    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert b"evil.example" not in answer
