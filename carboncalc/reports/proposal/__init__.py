"""The proposal: one outline of blocks, made once from a result, and written as HTML, Markdown, DOCX and PDF.

``blocks`` says what a document is made of; ``outline`` makes it from a result and the words of a language; each writer turns
blocks into one format and knows nothing of carbon.
"""
