"""Writes reference.safetensors from the published format alone (no safetensors package needed):
https://github.com/huggingface/safetensors#format. Run it here; the output must not change."""

import json
import struct

header = json.dumps(
    {
        "__metadata__": {"format": "pt"},
        "b": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
        "a.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [16, 40]},
        "scalar": {"dtype": "F32", "shape": [], "data_offsets": [40, 44]},
    },
    separators=(",", ":"),
).encode()
header += b" " * (-len(header) % 8)
values = struct.pack("<2d", 0.1, -1e300) + struct.pack("<6f", 1, 2, 3, -4.5, 0.1, -0.0) + struct.pack("<f", 7)
with open("reference.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + values)
