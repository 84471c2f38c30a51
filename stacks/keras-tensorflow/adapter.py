from plumbline_keras3 import make_adapter
from plumbline_worker import serve

serve(make_adapter)
