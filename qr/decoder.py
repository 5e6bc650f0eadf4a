"""The one decoder of the house: zxing-cpp, the engine that many phones and our own page use too."""

import zxingcpp
from PIL import Image

# Not "QRCode": that is the whole family, and among 15,000 labels two corners looked like Micro QR.
_QR_CODE = zxingcpp.barcode_formats_from_str("QRCodeModel2")

Binarizer = zxingcpp.Binarizer
LOCAL = Binarizer.LocalAverage  # Its usual one: a threshold for each neighbourhood.
GLOBAL = Binarizer.GlobalHistogram  # One threshold for the whole picture.


def texts(picture: Image.Image, binarizer: Binarizer = LOCAL) -> list[str]:
    """What every QR symbol in a grey picture says."""
    found = zxingcpp.read_barcodes(picture, formats=_QR_CODE, binarizer=binarizer)
    return [symbol.text for symbol in found]
