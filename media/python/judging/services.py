"""What calls of boto3, of the SageMaker SDK and of readers of tables do in S3."""

from .places import address, place
from .texts import UNKNOWN, is_known, mark_of

# What a call was made on: a client or resource of S3, one of its buckets, objects or collections, a paginator.
CLIENT, RESOURCE, PAGINATOR, FILES = "client", "resource", "paginator", "files"


class Handle:
    """Something of S3 that a script holds."""

    def __init__(self, kind, bucket=None, key=None):
        self.kind, self.bucket, self.key = kind, bucket, key

    def member(self, name):
        """An attribute of it."""
        if name == "client" or (name == "meta" and self.kind == RESOURCE):
            return Handle(CLIENT) if name == "client" else self
        if self.kind == "bucket":
            return self.bucket if name == "name" else Handle("objects", self.bucket) if name == "objects" else UNKNOWN
        if self.kind == "object":
            return {"bucket_name": self.bucket, "key": self.key}.get(name, UNKNOWN)
        return UNKNOWN


class Page:
    """An answer of a listing, or several of them in turn."""

    def __init__(self, found, is_many=False):
        self.found, self.is_many = found, is_many


# The parameters that are given by their places.
ORDERS = {
    "download_file": ("Bucket", "Key"),
    "download_fileobj": ("Bucket", "Key"),
    "upload_file": ("Filename", "Bucket", "Key"),
    "upload_fileobj": ("Fileobj", "Bucket", "Key"),
    "copy": ("CopySource", "Bucket", "Key"),
    "download_data": ("path", "bucket", "key_prefix"),
    "upload_data": ("path", "bucket", "key_prefix"),
    "read_s3_file": ("bucket", "key_prefix"),
    "list_s3_files": ("bucket", "key_prefix"),
}
CLIENT_READS = ("get_object", "head_object", "download_file", "download_fileobj", "select_object_content")
LISTINGS = ("list_objects", "list_objects_v2")
HARMLESS = ("head_bucket", "list_buckets", "get_waiter", "get_bucket_location", "generate_presigned_url", "can_paginate")
PATHS = ("path", "filepath_or_buffer", "path_or_buf", "path_or_paths", "io", "source", "s3_uri", "desired_s3_uri", "urlpath", "uri")
READERS = ("read_table", "ParquetDataset", "GFile")
FILE_READS = ("get", "get_file", "download", "cat", "cat_file", "ls", "head", "info", "read_text", "read_bytes")


def given(name, arguments, keywords):
    """The parameters of a call, by their names."""
    return {**dict(zip(ORDERS.get(name, ()), arguments)), **keywords}


def opened(arguments, keywords):
    """Whether a file is opened to be read; None where that is not known."""
    mode = arguments[1] if len(arguments) > 1 else keywords.get("mode", "r")
    return mode.startswith("r") if isinstance(mode, str) and is_known(mode) else None


class Services:
    """Follows the calls of one script. `certain()` tells whether what is called now is called whatever happens."""

    def __init__(self, places, certain):
        self.places, self.certain = places, certain

    def call(self, on, dotted, arguments, keywords):
        """What a call gives; None where it is none of S3."""
        name = dotted.rpartition(".")[2]
        service = arguments[0] if arguments else keywords.get("service_name")
        if name in ("client", "resource") and service == "s3":
            return UNKNOWN if "endpoint_url" in keywords else Handle(name)
        if name == "S3FileSystem":
            return UNKNOWN if {"endpoint_url", "client_kwargs"} & set(keywords) else Handle(FILES)
        if isinstance(on, Handle):
            return self.of_handle(on, name, arguments, keywords)
        if isinstance(on, Page):
            return on.found if name == "get" else UNKNOWN
        if isinstance(on, str) and mark_of(on) is not None and len(on) == 1:
            return self.of_found(on, name, arguments)
        return self.of_session(name, given(name, arguments, keywords)) or self.of_paths(dotted, name, arguments, keywords)

    def read(self, where):
        self.places.read(where, self.certain())
        return UNKNOWN

    def write(self, where):
        self.places.write(where)
        return UNKNOWN

    def listing(self, where):
        return self.places.list(where, self.certain())

    def of_handle(self, on, name, arguments, keywords):
        if on.kind == CLIENT:
            return self.of_client(name, given(name, arguments, keywords), arguments)
        if on.kind == PAGINATOR:
            return Page(self.listing(place(keywords.get("Bucket", UNKNOWN), keywords.get("Prefix"))), True) if name == "paginate" else UNKNOWN
        if on.kind == FILES:
            return self.of_files(name, arguments, keywords)
        if on.kind == RESOURCE:
            first, second = (*arguments, UNKNOWN, UNKNOWN)[:2]
            if name == "Bucket":
                return Handle("bucket", keywords.get("name", first))
            if name in ("Object", "ObjectSummary"):
                return Handle("object", keywords.get("bucket_name", first), keywords.get("key", second))
            return self.write("s3://")
        if on.kind == "objects":
            if name in ("filter", "all", "limit", "page_size"):
                return self.listing(place(on.bucket, keywords.get("Prefix")))
            return self.write(place(on.bucket, None))
        key = on.key
        if on.kind == "bucket":
            key = keywords.get("Key", keywords.get("key", arguments[0] if arguments else UNKNOWN))
            if name == "Object":
                return Handle("object", on.bucket, key)
            if name == "upload_file":
                return self.write(place(on.bucket, keywords.get("Key", arguments[1] if len(arguments) > 1 else UNKNOWN)))
        if name in ("get", "load", "download_file", "download_fileobj"):
            return self.read(place(on.bucket, key))
        return self.write(place(on.bucket, key))

    def of_client(self, name, parameters, arguments):
        where = place(parameters.get("Bucket", UNKNOWN), parameters.get("Key", UNKNOWN))
        if name in CLIENT_READS:
            return self.read(where)
        if name in LISTINGS:
            return Page(self.listing(place(parameters.get("Bucket", UNKNOWN), parameters.get("Prefix"))))
        if name == "get_paginator":
            operation = arguments[0] if arguments else parameters.get("operation_name")
            return Handle(PAGINATOR) if operation in LISTINGS else UNKNOWN
        if name in ("copy", "copy_object"):
            source = parameters.get("CopySource", UNKNOWN)
            from_place = place(source.get("Bucket", UNKNOWN), source.get("Key", UNKNOWN)) if isinstance(source, dict) else f"s3://{source}"
            self.read(from_place)
        return UNKNOWN if name in HARMLESS else self.write(where)

    def of_files(self, name, arguments, keywords):
        path = arguments[0] if arguments else keywords.get("path", keywords.get("rpath", UNKNOWN))
        paths = path if isinstance(path, (list, tuple)) else [path]
        places = [address(one) or f"s3://{one}" if isinstance(one, str) else "s3://" for one in paths]
        if name in ("exists", "isdir", "isfile", "invalidate_cache"):
            return UNKNOWN
        if name in ("glob", "find", "walk"):
            return self.listing(places[0]) if places else UNKNOWN
        reads = opened(arguments, keywords) if name == "open" else name in FILE_READS
        for one in places if reads or name == "open" else ["s3://"]:
            self.read(one) if reads else self.write(one)
        return UNKNOWN

    def of_found(self, on, name, arguments):
        """What is called on something that a listing found."""
        if name in ("download_file", "download_fileobj", "Object", "load") or (name == "get" and not arguments):
            self.read(on)
        return on

    def of_session(self, name, parameters):
        """Methods of the SageMaker SDK's session."""
        if "bucket" not in parameters or name not in ("download_data", "read_s3_file", "upload_data", "list_s3_files"):
            return None
        where = place(parameters["bucket"], parameters.get("key_prefix"))
        if name == "upload_data":
            return self.write(where)
        return self.listing(where) if name == "list_s3_files" else self.read(where)

    def of_paths(self, dotted, name, arguments, keywords):
        """Calls that are given an address of S3: those of readers and writers of tables, and of S3Downloader."""
        chain = dotted.split(".")
        is_uploader = "S3Uploader" in chain
        values = arguments[1:2] if is_uploader else arguments[:1]
        value = values[0] if values else next((keywords[one] for one in PATHS if one in keywords), None)
        places = [address(one) for one in (value if isinstance(value, (list, tuple)) else [value])]
        if is_uploader:
            return self.write(places[0] or "s3://")
        if name.startswith("to_") or "write" in chain:
            # A path that is not known may be one in S3.
            for one, where in zip(value if isinstance(value, (list, tuple)) else [value], places):
                if where is not None or (isinstance(one, str) and one.startswith(UNKNOWN)):
                    self.places.write(where or "s3://")
            return UNKNOWN
        is_s3 = "S3Downloader" in chain or "s3" in chain[:-1]
        if is_s3 and name in ("list", "list_objects"):
            return self.listing(places[0]) if places[0] is not None else UNKNOWN
        reads = name.startswith("read_") or name in READERS or "read" in chain[:-1] or (is_s3 and name == "download")
        if name == "open" and any(places):
            reads = opened(arguments, keywords)
            if not reads:
                return self.write(places[0])
        if not reads:
            return None
        for one, where in zip(value if isinstance(value, (list, tuple)) else [value], places):
            if where is not None or mark_of(one) is not None:
                self.read(where or one)
        return UNKNOWN
