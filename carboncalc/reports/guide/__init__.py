"""The guide: the pages of a site that tells a zone authority's readers what the programmes ask and how reductions are computed.

Each module makes pages of plain data and the words of a language, out of the blocks that a proposal is made of; ``site`` writes them.
"""
