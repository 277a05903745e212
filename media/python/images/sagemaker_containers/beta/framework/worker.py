class Response:
    """What an output_fn may answer: a body and its content type."""

    def __init__(self, response=None, accept=None, status=200, headers=None, mimetype=None):
        self.response = response
        self.status_code = status
        self.headers = headers
        self.mimetype = mimetype or accept
