"""The WSGI entry: any server can load `wsgi:app`."""

from mobile_api import create_app

app = create_app()
