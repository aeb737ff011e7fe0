"""Rules 700 to 711: endpoints that run once for each key."""

from governance.findings import Rule, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

IDEMPOTENCY = (
    Rule(
        number=700,
        severity=ERROR,
        slug="retry-sensitive-unprotected",
        title="An endpoint that must not run twice can run twice",
        meaning="The module declares that a retry of this endpoint does harm, but the endpoint "
        "does not keep idempotency keys.",
        remedy="Put @idempotent on it; for Django REST framework and Django Ninja there are forms "
        "of their own. Without a key it must refuse, so leave required as it is.",
        bad='Module(name="finance", retry_sensitive=["finance:pay"])\n\ndef pay(request): ...',
        good="@login_required\n@idempotent\ndef pay(request): ...",
    ),
    Rule(
        number=701,
        severity=ERROR,
        slug="retry-sensitive-unknown",
        title="A declaration names an endpoint that does not exist",
        meaning="retry_sensitive holds names of URL patterns, with their namespace. A name that "
        "matches nothing protects nothing.",
        remedy="Correct the name; the hint proposes the nearest one.",
        bad='Module(name="finance", retry_sensitive=["pay"])',
        good='Module(name="finance", retry_sensitive=["finance:pay"])',
        acceptable=False,
    ),
    Rule(
        number=702,
        severity=ERROR,
        slug="replay-without-permission",
        title="A replay would be given without asking for permission",
        meaning="The protection is around the whole class, so a replay is answered before the "
        "class has authenticated and permitted anybody.",
        remedy="Protect the method instead of dispatch; for Django REST framework write "
        "IdempotentMixin in front of the view class.",
        bad='@method_decorator(idempotent, name="dispatch")\n'
        "class Pay(LoginRequiredMixin, View): ...",
        good='@method_decorator(idempotent, name="post")\nclass Pay(LoginRequiredMixin, View): ...',
    ),
    Rule(
        number=703,
        severity=ERROR,
        slug="async-view-protected",
        title="An async view can't be protected like this",
        meaning="Django has no asynchronous transactions, so key and effects can't be written "
        "together from a coroutine.",
        remedy="Call run_idempotent() in the view, with the part that writes as a function.",
        bad="@idempotent\nasync def pay(request): ...",
        good="async def pay(request):\n    return await run_idempotent(request, record_payment)",
    ),
    Rule(
        number=704,
        severity=ERROR,
        slug="keys-on-another-database",
        title="Key and effects are on two databases",
        meaning="A transaction holds on one database. With the key on another one than the "
        "tables, a crash between two commits repeats the effects.",
        remedy='Keep the keys where the module writes: @idempotent(using="…") with the table '
        'governance_idempotencykey there, which GOVERNANCE["DATABASE"] decides.',
        bad='# finance writes on "ledger"\n@idempotent(module="finance")\ndef pay(request): ...',
        good='# GOVERNANCE = {"DATABASE": "ledger"}\n'
        '@idempotent(module="finance")\ndef pay(request): ...',
    ),
    Rule(
        number=705,
        severity=ERROR,
        slug="keys-without-autocommit",
        title="A database setting takes the commit out of our hands",
        meaning="With AUTOCOMMIT off nothing is committed when the view ends, so a client is told "
        "of effects that may still be lost.",
        remedy="Remove AUTOCOMMIT from DATABASES.",
        bad='DATABASES = {"default": {"ENGINE": engine, "AUTOCOMMIT": False}}',
        good='DATABASES = {"default": {"ENGINE": engine}}',
    ),
    Rule(
        number=706,
        severity=ERROR,
        slug="row-lock-in-request-transaction",
        title="A lock on a row needs a commit that ATOMIC_REQUESTS forbids",
        meaning="With lock='row' the row is committed before the view runs. In the transaction "
        "that Django keeps around the view this can't be, so each request fails.",
        remedy="Use lock='advisory', or put @non_atomic_requests on the view.",
        bad='# DATABASES has ATOMIC_REQUESTS\n@idempotent(lock="row")\ndef pay(request): ...',
        good="# DATABASES has ATOMIC_REQUESTS\n@idempotent\ndef pay(request): ...",
    ),
    Rule(
        number=707,
        severity=WARNING,
        slug="non-atomic-view-protected",
        title="A view wants no transaction and gets one",
        meaning="@non_atomic_requests says that the view commits in steps. Protected by "
        "@idempotent it is one transaction all the same, and its steps commit together.",
        remedy="Remove @non_atomic_requests, or do the work in phases: "
        "governance.idempotency.staged.",
        bad="@non_atomic_requests\n@idempotent\ndef pay(request): ...",
        good="@non_atomic_requests\n@staged()\ndef pay(request, operation): ...",
    ),
    Rule(
        number=708,
        severity=WARNING,
        slug="stream-not-kept",
        title="An answer that is streamed can't be given again",
        meaning="The effects are kept and never repeated, but a retry gets 409 and not the answer.",
        remedy="Answer with a body of limited size, such as the address of what was made.",
        bad="@idempotent\ndef export(request):\n    return FileResponse(make(request))",
        good='@idempotent\ndef export(request):\n    return redirect("export", make(request).pk)',
    ),
    Rule(
        number=709,
        severity=WARNING,
        slug="cookie-not-kept",
        title="A protected view sets a cookie",
        meaning="Cookies are never kept with an answer, so who retries does not get this one.",
        remedy="Set it in another view, or tell the client in the body what it needs.",
        bad="@idempotent\ndef pay(request):\n    response = paid(request)\n"
        '    response.set_cookie("last", "1")\n    return response',
        good='@idempotent\ndef pay(request):\n    return JsonResponse({"last": paid(request).pk})',
    ),
    Rule(
        number=710,
        severity=ERROR,
        slug="protected-for-unknown-module",
        title="A protected view names a module that does not exist",
        meaning="The module says who answers for the endpoint, in the admin and in statistics.",
        remedy="Correct the name; the hint proposes the nearest one.",
        bad='@idempotent(module="finanse")\ndef pay(request): ...',
        good='@idempotent(module="finance")\ndef pay(request): ...',
        acceptable=False,
    ),
    Rule(
        number=711,
        severity=ERROR,
        slug="cipher-unusable",
        title="Kept answers can't be encrypted, or not be read again",
        meaning="What the setting CIPHER names could not be imported, or did not give back what it "
        "was given. Answers are then not kept, and those that are can't be given again.",
        remedy="Correct the path, and the keys that the object uses.",
        bad='GOVERNANCE = {"IDEMPOTENCY": {"CIPHER": "shop.keys.secret"}}',
        good="# cipher = Fernet(settings.ANSWER_KEY)\n"
        'GOVERNANCE = {"IDEMPOTENCY": {"CIPHER": "shop.keys.cipher"}}',
        acceptable=False,
    ),
)
