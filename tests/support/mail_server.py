"""A mail server for the delivery tests: aiosmtpd on a loopback port.

Usage: mail_server.py MODE [CERTIFICATE KEY]   with MODE plain, starttls or tls

Prints one JSON object a line: first {"port": N}, then what happens: logins and mails, the mails
read by Python's own parser. Ends when standard input ends. Accepts the login monitor / PASSWORD.
Recipients named "refused", "busy" and "hang" are refused for good, for now, and never answered;
after a mail to "linger" the farewell is never answered. The sender "unwelcome" is refused.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

PASSWORD = b"correct horse battery"


def tell(**facts):
    print(json.dumps(facts), flush=True)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("unwelcome"):
            return "553 5.7.1 this sender may not send"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return f"550 5.1.1 <{address}> no such user"
        if name == "busy":
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("hang"):
            await asyncio.Event().wait()
        session.lingers = envelope.rcpt_tos[0].startswith("linger")
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        tell(
            event="mail",
            tls=server.transport.get_extra_info("ssl_object") is not None,
            login=session.auth_data.decode() if session.auth_data else None,
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            headers=[[name, str(value)] for name, value in letter.items()],
            text=letter.get_content(),
        )
        return "250 2.0.0 queued as R-1"

    async def handle_QUIT(self, server, session, envelope):
        if getattr(session, "lingers", False):
            await asyncio.Event().wait()
        return "221 2.0.0 bye"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"monitor" and data.password == PASSWORD
    tell(event="login", good=good)
    if not good:
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=data.login)


def smtp(mode, context):
    secured = mode != "plain"
    return SMTP(
        Handler(),
        hostname="mail.example.cn",
        tls_context=context if mode == "starttls" else None,
        require_starttls=mode == "starttls",
        authenticator=authenticate,
        auth_required=secured,
        auth_require_tls=mode == "starttls",
    )


async def main():
    mode = sys.argv[1]
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    # Handshakes that the client breaks off are what some tests want; they are not news.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)
    server = await loop.create_server(
        lambda: smtp(mode, context), "127.0.0.1", 0, ssl=context if mode == "tls" else None
    )
    tell(port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
