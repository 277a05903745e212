"""What argparse makes of the words of a command of which some are not known."""

from .texts import UNKNOWN, is_known


class Arguments:
    """The values that a parser gives, by their names."""

    def __init__(self, values, is_sure=True):
        self.values, self.is_sure = values, is_sure

    def get(self, name):
        return self.values.get(name, UNKNOWN) if self.is_sure else UNKNOWN


class Parser:
    """A parser of argparse, with the options that it was given."""

    def __init__(self):
        self.options, self.positionals, self.is_plain = [], [], True

    def add(self, names, keywords):
        names = [name for name in names if isinstance(name, str)]
        if not names or not all(is_known(name) for name in names):
            self.is_plain = False
            return
        longs = [name for name in names if name.startswith("--")]
        name = keywords.get("dest") or (longs or names)[0].lstrip("-").replace("-", "_")
        is_text = keywords.get("type", str) is str and "nargs" not in keywords and keywords.get("action", "store") == "store"
        action = keywords.get("action", "store")
        takes_value = action in ("store", "append") and "nargs" not in keywords
        default = keywords.get("default", False if action == "store_true" else True if action == "store_false" else None)
        option = {"names": names, "name": name, "is_text": is_text, "takes_value": takes_value, "default": default}
        (self.options if names[0].startswith("-") else self.positionals).append(option)
        # How many words belong to it is not told by this.
        if "nargs" in keywords or not is_known(action):
            option["is_open"] = True

    def parse(self, words):
        """The values for words; those of which something else depends on what is not known are not known either."""
        values = {option["name"]: option["default"] for option in self.options + self.positionals}
        if not self.is_plain or words is None:
            return Arguments(values, False)
        rest, foreign, at = [], False, 0
        while at < len(words):
            word = words[at]
            at += 1
            if not isinstance(word, str) or not word.startswith("-") or len(word) == 1:
                rest.append(word)
                continue
            name, equals, value = word.partition("=")
            option = self.named(name)
            if not is_known(name):
                return Arguments(values, False)
            if option is None or option.get("is_open"):
                foreign = True
                if option is not None:
                    values[option["name"]] = UNKNOWN
                continue
            if not option["takes_value"]:
                values[option["name"]] = UNKNOWN
                continue
            if not equals:
                value = words[at] if at < len(words) else UNKNOWN
                at += 1
            values[option["name"]] = value if option["is_text"] else UNKNOWN
        # A word that is not known may be an option itself.
        if any(not is_known(word) for word in rest):
            return Arguments(values, False)
        for at, option in enumerate(self.positionals):
            is_told = not foreign and at < len(rest) and option["is_text"]
            values[option["name"]] = rest[at] if is_told else UNKNOWN
        return Arguments(values)

    def named(self, name):
        """The option of a name, or of the beginning of a long one."""
        exact = [option for option in self.options if name in option["names"]]
        if exact or not name.startswith("--"):
            return exact[0] if exact else None
        begun = [option for option in self.options if any(one.startswith(name) for one in option["names"])]
        return begun[0] if len(begun) == 1 else None
