"""The web pages: what is stored, what waits, and why, beside the RQ dashboard.

``desk``      what every view reads from             ``access``    password, login, sessions
``app``       puts the application together           ``forgery``   CSRF: token and origin
``serving``   binds it, with waitress                 ``shields``   host check and security headers
``now`` ``stories`` ``pages`` ``sources`` ``failures``   the views, one page of the menu each
``api`` ``answers`` ``openapi``   the same facts as JSON, and their description
``metrics``   the same facts for Prometheus; health   ``rq_mount``  the RQ dashboard, made safe
``comparing`` ``drawing`` ``words``   pure: differences of two texts, inline SVG, how values are said
"""
