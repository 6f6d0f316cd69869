"""Files from the network, or from this machine: addresses, logins, downloads that resume."""

from teeth_unet.acquisition.addresses import Address
from teeth_unet.acquisition.credentials import Login, login_for, parse_logins
from teeth_unet.acquisition.fetching import Acquisition, Wanted
from teeth_unet.acquisition.responses import Unavailable
from teeth_unet.acquisition.settings import DownloadRules

__all__ = [
    "Acquisition",
    "Address",
    "DownloadRules",
    "Login",
    "Unavailable",
    "Wanted",
    "login_for",
    "parse_logins",
]
