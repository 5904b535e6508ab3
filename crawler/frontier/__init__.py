"""The frontier: known URLs and who is next, in Redis, shared by any number of fetchers.

``shared``    the asynchronous ``Frontier`` that fetchers use, and the table of its keys
``guests``    a turn at a host for one request by somebody who leases none of its URLs
``view``      the synchronous ``FrontierView`` of the command line and the web page
``intake``    how a discovered URL becomes an entry: used by both, and by workers that hand URLs back
``scope``     the rules that need no Redis: priority, site, traps
``records``   what is lent to a fetcher and what comes back
``scripts``   the Lua files, loaded; each is one atomic step
"""
