"""Official papers (公文) of the plan loop: task breakdown, supervision notice, consolidation, circular.

`lines.py` reads duties into plain rows; `breakdown`, `notice`, `consolidation` and `circular` make a `Paper` of them,
pure and in Chinese, because that is the language of the papers; a `Paper` gives page, .docx and .xlsx of one content.
"""

from __future__ import annotations
