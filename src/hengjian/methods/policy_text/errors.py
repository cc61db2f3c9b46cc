"""The one exception of the reader."""

from __future__ import annotations

MESSAGES = {
    "empty": (
        "文件是空的，没有可读的内容。请检查后重新选择文件。",
        "The file is empty. Check it and choose the file again.",
    ),
    "binary": (
        "这不是文本、Word（.docx）、网页（.html）或 PDF 文件，无法读取。请另存为其中一种格式后再试。",
        "This is not a text, Word (.docx), web page (.html) or PDF file. Save it as one of these and try again.",
    ),
    "old_word": (
        "这是旧版 Word 或 WPS（.doc/.wps）文件。请另存为 .docx 后再试。",
        "This is an old Word or WPS file (.doc/.wps). Save it as .docx and try again.",
    ),
    "too_large": (
        "文件超过 50 MB，不予读取。请只上传正文，或拆分后再试。",
        "The file is larger than 50 MB. Upload the text alone, or split it.",
    ),
    "zip_bomb": (
        "压缩包解开后异常庞大，为安全起见不予读取。请用 Word 重新另存一次后再试。",
        "The archive unpacks to an abnormal size and is refused for safety. Save it again from Word and retry.",
    ),
    "encrypted": (
        "文件设有密码，无法读取。请解除密码后再试。",
        "The file is protected by a password. Remove the password and try again.",
    ),
    "damaged": (
        "文件已损坏或不完整，无法打开。请重新导出后再试。",
        "The file is damaged or incomplete. Export it again and retry.",
    ),
    "encoding": (
        "无法判断文字编码（既不是 UTF-8、UTF-16，也不是 GB18030）。请另存为 UTF-8 后再试。",
        "The text encoding is neither UTF-8, UTF-16 nor GB18030. Save the file as UTF-8 and try again.",
    ),
    "no_text": (
        "没有读到文字，可能是扫描件。请先做文字识别（OCR），或粘贴文本。",
        "No text was found; this may be a scan. Run text recognition (OCR) first, or paste the text.",
    ),
}


class SourceError(Exception):
    """Input that cannot be read as a text. `code` is a key of `MESSAGES`; both messages say what to do next."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        self.message_zh, self.message_en = MESSAGES[code]
        super().__init__(self.message_zh)
